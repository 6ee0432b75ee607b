/** Something wrong with an expression; whoever knows which parameter it came in adds `Invalid <parameter>: `. */
export class ExpressionError extends Error {}

export const syntaxError = (token: string, near: string): ExpressionError =>
  new ExpressionError(`Syntax error; token: "${token}", near: "${near}"`);
