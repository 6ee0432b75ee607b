/** Halves of surrogate pairs: JSON can write them, UTF-8 cannot, so that tables and hashes would see another text. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** The text as UTF-8 can carry it, with U+FFFD for what it cannot. */
export const wellFormed = (text: string): string => text.replace(LONE_SURROGATES, '\ufffd');

export const isWellFormed = (text: string): boolean => text.search(LONE_SURROGATES) === -1;
