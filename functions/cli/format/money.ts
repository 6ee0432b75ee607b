import type { MinorUnits } from '../../domain/money';

/** `2500 EUR` in minor units as `25.00 EUR`; the yen has none, the dinar of Kuwait three. */
export function money(amount: MinorUnits, currency: string): string {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits!;
  const whole = String(Math.abs(amount)).padStart(digits + 1, '0');
  const cut = whole.length - digits;
  const shown = digits === 0 ? whole : `${whole.slice(0, cut)}.${whole.slice(cut)}`;
  return `${amount < 0 ? '-' : ''}${shown} ${currency}`;
}
