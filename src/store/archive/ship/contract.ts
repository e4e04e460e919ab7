/** Copies an archive to object storage while it grows. Promises and layout: docs/formats/archive.md, "Object storage". */
export interface Shipping {
  /** Leaves that are on the store, from the first one on: a folder that is lost can be made again up to here. */
  readonly shipped: number
  /** Resolves when `shipped` is at least `size`, of leaves that are durable here. Throws Fault where the store refuses. */
  shipUpTo(size: number): Promise<void>
}
