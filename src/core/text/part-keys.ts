/** Parts of a page in words, each with the keys of its sentences in the order in which they stand. */
export type Parts = Readonly<Record<string, readonly string[]>>

/** A key for the heading of each part, `<page>.<part>`, and those of its sentences. */
export type PartKey<Page extends string, P extends Parts> = `${Page}.${keyof P & string}` | P[keyof P][number]
