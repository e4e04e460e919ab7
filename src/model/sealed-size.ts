// Apart from the schemas of a letter: the script that seals in a browser needs these and no parser.

/** Longest sealed signature. */
export const MOST_SEALED_BYTES = 16 * 1024
/** Every sealed text has a length that is a multiple of this. */
export const PADDED_BYTES = 512
