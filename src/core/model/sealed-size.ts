// Apart from the schemas of a letter: the script that seals in a browser needs these and no parser.

/** Longest sealed signature. */
export const MOST_SEALED_BYTES = 16 * 1024
/** Every sealed text has a length that is a multiple of this. */
export const PADDED_BYTES = 512
/** A text whose name, mailbox and comment are as long as they may be, each letter of three bytes. */
export const LONGEST_TEXT_BYTES = 3072
/** What is sent of a signature has a length that is a multiple of this. */
export const SENT_BYTES = 4096
