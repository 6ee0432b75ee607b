/**
 * The module "cfn-response" that CloudFormation adds to inline code which loads it: `send(event, context, status, data,
 * physicalId, noEcho)`. Its promise resolves when the answer is there; where the runtime has `context.done`, the
 * invocation ends then.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
 */
const CFN_RESPONSE = `'use strict';
const https = require('node:https');

exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';

exports.send = (event, context, responseStatus, responseData, physicalResourceId, noEcho) => {
  const body = JSON.stringify({
    Status: responseStatus,
    Reason: 'See the details in CloudWatch Log Stream: ' + context.logStreamName,
    PhysicalResourceId: physicalResourceId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: responseData,
  });
  const end = (error) => (context.done ? context.done(error) : undefined);
  return new Promise((resolve, reject) => {
    const url = new URL(event.ResponseURL);
    const options = {
      hostname: url.hostname,
      port: 443,
      path: url.pathname + url.search,
      method: 'PUT',
      headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
    };
    const request = https.request(options, (response) => {
      response.resume();
      console.log('Status code: ' + response.statusCode);
      resolve(end());
    });
    request.on('error', (error) => {
      console.log('send(..) failed executing https.request(..): ' + error.message);
      end(error);
      reject(error);
    });
    request.end(body);
  });
};
`;

/** The files that inline source for Node becomes. */
export const inlineFiles = (source: string): Record<string, string> => ({
  'index.js': source,
  ...(/['"]cfn-response['"]/.test(source) && { 'node_modules/cfn-response/index.js': CFN_RESPONSE }),
});
