import { type FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import type { ServiceFunction } from './service-function';

export type FunctionUrlApiProps = { readonly stage: StageConfig; readonly api: ServiceFunction };

/** An HTTP API that is one function behind its URL. Callers sign their requests, except in a stage with open URLs. */
export class FunctionUrlApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: FunctionUrlApiProps) {
    super(scope, id);
    const url: FunctionUrl = props.api.function.addFunctionUrl({
      authType: props.stage.openUrls ? FunctionUrlAuthType.NONE : FunctionUrlAuthType.AWS_IAM,
    });
    this.url = url.url;
  }
}
