import type { ObjectStore } from '../../../src/runtime/objects/contract.ts'

/** A store that stops for good at one act: before it is done, or when it is done and its answer is lost. */
export interface StoppingStore {
  readonly store: ObjectStore
  /** Acts so far, such as `put archive/…`. */
  readonly acts: readonly string[]
}

/** Gives every act that changes a store to `stop`; reading counts too, for a process may die there. */
export function stoppingStore(
  inner: ObjectStore,
  at: { readonly act: number; readonly moment: 'before' | 'after' },
): StoppingStore {
  const acts: string[] = []
  const run = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    const nth = acts.push(name) - 1
    if (nth > at.act || (nth === at.act && at.moment === 'before')) throw new Error(`stopped at ${name}`)
    const result = await act()
    if (nth === at.act) throw new Error(`stopped after ${name}`)
    return result
  }
  const store: ObjectStore = {
    name: inner.name,
    get: (key, range) => run(`get ${key}`, () => inner.get(key, range)),
    head: (key) => run(`head ${key}`, () => inner.head(key)),
    put: (key, body, condition) => run(`put ${key}`, () => inner.put(key, body, condition)),
    list: (prefix, after) => inner.list(prefix, after),
    remove: (key) => run(`remove ${key}`, () => inner.remove(key)),
    patch: (key, patches) => run(`patch ${key}`, () => inner.patch(key, patches)),
    keepsVersions: () => inner.keepsVersions(),
    sweep: (before) => inner.sweep(before),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  }
  return { store, acts }
}
