import type { Said } from './hot-reload';

/** What a hot reload says, as lines among those of the invocations. `width`: of the longest name of a function. */
export function reloadLine(said: Said, at: Date, width: number): string {
  const time = at.toISOString().slice(11, 23);
  switch (said.kind) {
    case 'reloaded':
      return `${time}  reloaded ${said.name.padEnd(width)} in ${Math.round(said.ms)} ms`;
    case 'redeployed':
      return `${time}  redeployed the app in ${Math.round(said.ms)} ms`;
    case 'working':
      return `${time}  ${said.text} …`;
    case 'mended':
      return `${time}  ${said.text}`;
    case 'failed':
      return `\n${said.text}\n\n${time}  what ran before goes on; save again when it is mended`;
  }
}
