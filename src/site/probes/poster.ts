import type { Lang } from '../../core/text/lang.ts'

/** Prints the poster of a language whose code leads to an address; undefined where none can be printed. */
export type PosterOf = (lang: Lang, address: string) => Promise<Uint8Array | undefined>
