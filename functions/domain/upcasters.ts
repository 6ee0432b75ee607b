/**
 * How old forms of events become today's. Each step takes the data of one version to those of the next; what is stored
 * is never rewritten. A step is pure, and total: what it does not know stays as it is.
 */

type Data = Readonly<Record<string, unknown>>;

export type Upcaster = {
  readonly type: string;
  /** The version that it takes; it gives the one after. */
  readonly from: number;
  readonly up: (data: Data) => Data;
};

export const upcasters: readonly Upcaster[] = [
  { type: 'OrderCreated', from: 1, up: orderCreatedWithShippingFee },
  { type: 'OrderShipped', from: 1, up: orderShippedByCarrier },
];

const steps = new Map(upcasters.map(({ type, from, up }) => [`${type}@${from}`, up]));

/** The data in the newest version that there are steps to: today's, unless they are of a newer one still. */
export function upcast(
  type: string,
  schemaVersion: number,
  data: Data,
): { readonly schemaVersion: number; readonly data: Data } {
  let version = schemaVersion;
  let form = data;
  for (let up = steps.get(`${type}@${version}`); up; up = steps.get(`${type}@${version}`)) {
    form = up(form);
    version += 1;
  }
  return { schemaVersion: version, data: form };
}

/** Early shops delivered free of charge, and said nothing of it. */
function orderCreatedWithShippingFee(data: Data): Data {
  return 'shippingFee' in data ? data : { ...data, shippingFee: 0 };
}

/**
 * There was one text, `DHL 00340434161094042557`: the words before the first that has a digit name the carrier. Late
 * events of this version bring the two fields already.
 */
function orderShippedByCarrier(data: Data): Data {
  const { tracking, ...rest } = data;
  if (tracking === undefined || 'carrier' in rest || 'trackingNumber' in rest) return data;
  if (typeof tracking !== 'string') return { ...rest, trackingNumber: tracking };
  const words = tracking.trim().split(/\s+/);
  const number = Math.max(
    0,
    words.findIndex((word) => /\d/.test(word)),
  );
  return {
    ...rest,
    ...(number > 0 && { carrier: words.slice(0, number).join(' ') }),
    trackingNumber: words.slice(number).join(' '),
  };
}
