import { notImplemented, refuseUnknown } from '../../../core/aws-error';
import { randomName } from '../../../core/ids';
import type { Call, CloudContext, Operation } from '../../../core/service';
import type { Cors, FunctionRecord, UrlConfig } from '../function-record';
import type { Functions, ResolvedFunction } from '../functions';
import { checkRange, constraint, resourceConflict, resourceNotFound } from './errors';
import { page } from './page';

const CORS = ['AllowCredentials', 'AllowHeaders', 'AllowMethods', 'AllowOrigins', 'ExposeHeaders', 'MaxAge'];
const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'PATCH', 'DELETE', '*'];

/** Function URLs: `<endpoint>/_lambda-url/<id>/`. */
export function urlOperations(context: CloudContext, functions: Functions): Record<string, Operation> {
  const now = () => new Date(context.clock.now()).toISOString();
  const view = ({ record, qualifier }: Pick<ResolvedFunction, 'record' | 'qualifier'>, url: UrlConfig, call: Call) => ({
    FunctionUrl: `${call.endpoint}/_lambda-url/${url.urlId}/`,
    FunctionArn: qualifier === '$LATEST' ? record.arn : `${record.arn}:${qualifier}`,
    AuthType: url.authType,
    ...(url.cors ? { Cors: url.cors } : {}),
    CreationTime: url.creationTime,
    LastModifiedTime: url.lastModified,
    InvokeMode: 'BUFFERED',
  });
  const urlOf = ({ record, qualifier }: ResolvedFunction): UrlConfig => {
    const url = record.urls[qualifier];
    if (!url) throw resourceNotFound('The resource you requested does not exist.');
    return url;
  };
  const store = (record: FunctionRecord, qualifier: string, url: UrlConfig) =>
    functions.set({ ...record, urls: { ...record.urls, [qualifier]: url } });

  return {
    CreateFunctionUrlConfig: (input, call) => {
      const found = functions.resolve(input.FunctionName, call, input.Qualifier);
      const settings = settingsOf('CreateFunctionUrlConfig', input, undefined);
      if (found.record.urls[found.qualifier]) {
        throw resourceConflict(
          `Failed to create function url config for [functionArn = ${found.arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
        );
      }
      const time = now();
      const url: UrlConfig = {
        urlId: randomName(32).toLowerCase(),
        ...settings,
        creationTime: time,
        lastModified: time,
      };
      store(found.record, found.qualifier, url);
      return view(found, url, call);
    },
    GetFunctionUrlConfig: (input, call) => {
      const found = functions.resolve(input.FunctionName, call, input.Qualifier);
      return view(found, urlOf(found), call);
    },
    UpdateFunctionUrlConfig: (input, call) => {
      const found = functions.resolve(input.FunctionName, call, input.Qualifier);
      const before = urlOf(found);
      const settings = settingsOf('UpdateFunctionUrlConfig', input, before);
      const { urlId, creationTime } = before;
      const url: UrlConfig = { urlId, creationTime, ...settings, lastModified: now() };
      store(found.record, found.qualifier, url);
      return view(found, url, call);
    },
    DeleteFunctionUrlConfig: (input, call) => {
      const found = functions.resolve(input.FunctionName, call, input.Qualifier);
      urlOf(found);
      const { [found.qualifier]: _, ...urls } = found.record.urls;
      functions.set({ ...found.record, urls });
    },
    ListFunctionUrlConfigs: (input, call) => {
      const { record } = functions.resolve(input.FunctionName, call);
      const { items, marker } = page(Object.entries(record.urls), input, 50);
      return { FunctionUrlConfigs: items.map(([qualifier, url]) => view({ record, qualifier }, url, call)), ...marker };
    },
  };
}

function settingsOf(
  at: string,
  // biome-ignore lint/suspicious/noExplicitAny: this is what checks the input.
  input: any,
  before: UrlConfig | undefined,
): Pick<UrlConfig, 'authType' | 'cors'> {
  refuseUnknown(at, input, ['FunctionName', 'Qualifier', 'AuthType', 'Cors', 'InvokeMode']);
  if (input.InvokeMode !== undefined && input.InvokeMode !== 'BUFFERED') {
    throw notImplemented(`${at}: InvokeMode ${input.InvokeMode}`);
  }
  const authType = input.AuthType ?? before?.authType;
  if (authType !== 'NONE' && authType !== 'AWS_IAM') {
    throw constraint(authType ?? null, 'authType', 'Member must satisfy enum value set: [NONE, AWS_IAM]');
  }
  if (input.Cors) checkCors(at, input.Cors);
  const cors: Cors | undefined = input.Cors ?? before?.cors;
  return { authType, ...(cors && Object.keys(cors).length > 0 ? { cors } : {}) };
}

function checkCors(at: string, cors: Cors & Record<string, unknown>): void {
  refuseUnknown(`${at}: Cors`, cors, CORS);
  checkRange(cors.MaxAge, 'cors.maxAge', 0, 86_400);
  for (const method of cors.AllowMethods ?? []) {
    if (!METHODS.includes(method)) {
      throw constraint(
        cors.AllowMethods,
        'cors.allowMethods',
        `Member must satisfy enum value set: [${METHODS.join(', ')}]`,
      );
    }
  }
}
