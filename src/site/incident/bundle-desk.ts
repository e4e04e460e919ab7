/** Where the bundle of an incident is. */
export type BundleOrder =
  | { readonly kind: 'none' }
  /** So many others are made before it. */
  | { readonly kind: 'making'; readonly before: number }
  /** `differs`: the measurements do not give the incident as it is published; `fault`: ours, and logged. */
  | { readonly kind: 'failed'; readonly why: 'differs' | 'fault' }

/** What an order came to; `later`: after so many seconds. */
export type OrderTaken = { readonly kind: 'taken' } | { readonly kind: 'later'; readonly wait: number }

/** Makes bundles that readers ask for, one after another, each once. */
export interface BundleDesk {
  of(incident: string): BundleOrder
  /** Asks for the bundle of the newest revision; counted by sender and in all. */
  ask(
    incident: string,
    from: { readonly socket: string | undefined; readonly forwardedFor: string | undefined },
  ): OrderTaken
}
