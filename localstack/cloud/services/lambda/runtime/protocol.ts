/** A line of a function's log. */
export type LogLine = readonly [timestamp: number, message: string];

/** What an execution environment is started with. */
export type WorkerStart = {
  /** Directory of the unpacked code. */
  readonly taskRoot: string;
  /** What stands for `/opt`, when the function has layers. */
  readonly layerRoot?: string;
  /** `index.handler` */
  readonly handler: string;
  /** nodejs24.x has no callback handlers any more. */
  readonly callbacks: boolean;
  readonly logFormat: 'Text' | 'JSON';
  /** With the JSON format: messages below this level are dropped. */
  readonly logLevel?: string;
  /** `http://host:port` of the cloud. */
  readonly endpoint: string;
  /** The cloud's clock, milliseconds since 1970: it may have been advanced. */
  readonly now: number;
  /** Where lines wait until they are sent; survives the thread, so what it printed before it died is not lost. */
  readonly recorder: SharedArrayBuffer;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
};

export type InvokeMessage = {
  readonly requestId: string;
  readonly payload: string;
  readonly timeoutMs: number;
  readonly traceId: string;
  readonly functionArn: string;
  /** JSON. */
  readonly clientContext?: string;
  readonly now: number;
};

/** `error` is the JSON payload that Lambda answers. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly initMs: number }
  | { readonly type: 'init-failed'; readonly error: string; readonly initMs: number; readonly logs: readonly LogLine[] }
  | { readonly type: 'logs'; readonly logs: readonly LogLine[] }
  | {
      readonly type: 'done';
      readonly requestId: string;
      readonly payload: string;
      readonly failed: boolean;
      /** The environment ends with it. */
      readonly fatal: boolean;
      readonly durationMs: number;
      readonly memoryMb: number;
      readonly logs: readonly LogLine[];
    };
