import { readFileSync } from 'node:fs';

/** Of a kernel's clock tick: `USER_HZ` is 100 wherever Linux runs. */
const TICK_MS = 10;

/** Milliseconds of CPU that a process has used so far, with what it has waited for. */
export function cpuOf(pid: number): number {
  const [own, children] = ticks(pid);
  return own + children;
}

/** Milliseconds of CPU of all processes that this one has started and that have ended, with what they had waited for. */
export const cpuOfEnded = (): number => ticks(process.pid)[1];

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime, stime, cutime and cstime are fields 14 to 17. */
function ticks(pid: number): [own: number, children: number] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may have blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return [(user + system) * TICK_MS, (childUser + childSystem) * TICK_MS];
}
