/** A cron expression of EventBridge, ready to be asked when it is due. Times are UTC. */
export type Cron = {
  /** The first time after `after` (milliseconds since 1970); undefined when there is none any more. */
  next(after: number): number | undefined;
};

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const LAST_YEAR = 2199;
const DAY = 86_400_000;

type DayTest = (day: Date) => boolean;

/**
 * Reads `minutes hours day-of-month month day-of-week year`, with `, - * ? / L W #`. Undefined when it is not valid:
 * also when both or neither of the days are `?`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseCron(expression: string): Cron | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 6) return undefined;
  const [minuteField, hourField, dateField, monthField, weekdayField, yearField] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dateField === '?') === (weekdayField === '?')) return undefined;
  const minutes = parseSet(minuteField, 0, 59);
  const hours = parseSet(hourField, 0, 23);
  const months = parseSet(monthField, 1, 12, MONTHS, 1);
  const years = parseSet(yearField, 1970, LAST_YEAR);
  const isDay = weekdayField === '?' ? dateTest(dateField) : weekdayTest(weekdayField);
  if (!minutes || !hours || !months || !years || !isDay) return undefined;

  const next = (after: number): number | undefined => {
    const start = (Math.floor(after / 60_000) + 1) * 60_000;
    for (let midnight = start - (start % DAY); ; midnight += DAY) {
      const day = new Date(midnight);
      const year = day.getUTCFullYear();
      if (year > LAST_YEAR) return undefined;
      if (!years.has(year)) {
        midnight = Date.UTC(year, 11, 31);
        continue;
      }
      if (!months.has(day.getUTCMonth() + 1) || !isDay(day)) continue;
      for (const hour of hours) {
        for (const minute of minutes) {
          const time = midnight + hour * 3_600_000 + minute * 60_000;
          if (time >= start) return time;
        }
      }
    }
  };
  return { next };
}

/** The values that a field names, in rising order. */
function parseSet(
  field: string,
  min: number,
  max: number,
  names: readonly string[] = [],
  firstName = 0,
): Set<number> | undefined {
  const values = new Set<number>();
  const number = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    if (named >= 0) return named + firstName;
    return /^\d+$/.test(text) ? Number(text) : Number.NaN;
  };
  for (const part of field.split(',')) {
    const [range = '', step, ...rest] = part.split('/');
    if (rest.length > 0) return undefined;
    const every = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(every) || every < 1) return undefined;
    const [from, to, ...more] = range === '*' ? [String(min), String(max)] : range.split('-');
    if (more.length > 0) return undefined;
    const first = number(from ?? '');
    const last = to === undefined ? (step === undefined ? first : max) : number(to);
    if (!(first >= min && first <= max && last >= min && last <= max)) return undefined;
    // A range may go over the end: FRI-MON.
    const span = last >= first ? last - first : last - first + (max - min + 1);
    for (let at = 0; at <= span; at += every) values.add(min + ((first - min + at) % (max - min + 1)));
  }
  return new Set([...values].sort((a, b) => a - b));
}

const lastDate = (day: Date): number => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();

function dateTest(field: string): DayTest | undefined {
  if (field === 'L') return (day) => day.getUTCDate() === lastDate(day);
  if (field === 'LW') return (day) => day.getUTCDate() === nearestWeekday(day, lastDate(day));
  const weekday = /^(\d{1,2})W$/.exec(field);
  if (weekday) {
    const date = Number(weekday[1]);
    if (date < 1 || date > 31) return undefined;
    return (day) => date <= lastDate(day) && day.getUTCDate() === nearestWeekday(day, date);
  }
  const dates = parseSet(field, 1, 31);
  return dates && ((day) => dates.has(day.getUTCDate()));
}

/** The date of the weekday that is nearest to `date`, in the same month. */
function nearestWeekday(month: Date, date: number): number {
  const weekday = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), date)).getUTCDay();
  if (weekday === 6) return date === 1 ? 3 : date - 1;
  if (weekday === 0) return date === lastDate(month) ? date - 2 : date + 1;
  return date;
}

function weekdayTest(field: string): DayTest | undefined {
  if (field === 'L') return (day) => day.getUTCDay() === 6;
  const special = /^([A-Za-z]{3}|[1-7])(L|#[1-5])$/.exec(field);
  if (special) {
    const [only] = parseSet(special[1] as string, 1, 7, WEEKDAYS, 1) ?? [];
    if (only === undefined) return undefined;
    const nth = special[2] as string;
    return (day) => {
      if (day.getUTCDay() + 1 !== only) return false;
      if (nth === 'L') return day.getUTCDate() + 7 > lastDate(day);
      return Math.ceil(day.getUTCDate() / 7) === Number(nth.slice(1));
    };
  }
  const weekdays = parseSet(field, 1, 7, WEEKDAYS, 1);
  return weekdays && ((day) => weekdays.has(day.getUTCDay() + 1));
}
