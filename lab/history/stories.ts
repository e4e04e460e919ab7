/** How a censor acts on one service. */
export const INTERFERENCES = {
  'tls-silence': 'tls.timeout',
  'tls-reset': 'tls.reset',
  'dns-nxdomain': 'dns.nxdomain',
  'dns-bogon': 'dns.bogon',
  'state-certificate': 'tls.mitm',
  'block-page': 'http.blockpage',
} as const
export type Interference = keyof typeof INTERFERENCES

/** What a story does to the exchanges in its scope. */
export type Effect =
  | { readonly kind: 'interference'; readonly how: Interference; readonly leak: number }
  /** The handshake under the service's name takes so many times as long, and passes: a censor who slows. */
  | { readonly kind: 'throttle'; readonly factor: number }
  /** The same on the way of a single device, without a censor. */
  | { readonly kind: 'detour'; readonly factor: number }
  /** `dead` nothing passes; `abroad-lost` the line's resolver answers, nothing beyond it does; `portal` a login page. */
  | { readonly kind: 'line'; readonly state: 'dead' | 'abroad-lost' | 'portal' }
  /** Everything is slow; `stall` is the share of runs in which whole exchanges time out, the control's too. */
  | { readonly kind: 'congestion'; readonly stall: number }
  /** Lone handshakes lost at random while the control passes: one measurement cannot tell this from blocking. */
  | { readonly kind: 'loss'; readonly share: number }
  | { readonly kind: 'origin'; readonly state: 'down' | 'expired' | 'forbidden' | 'moved' }
  | { readonly kind: 'helper' }
  | { readonly kind: 'resolver' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'burst'; readonly times: number }
  | { readonly kind: 'no-ipv6' }

/** Milliseconds since 1970, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Something that happens, with the networks or probes on which and the services to which it happens; empty: all. */
export interface Story {
  readonly id: string
  readonly about: string
  readonly effect: Effect
  readonly services: readonly string[]
  /** Times on each network; on a network that is missing nothing happens. */
  readonly spans: ReadonlyMap<number, Span>
  readonly probes: readonly string[]
}

export const isBlocking = (story: Story): boolean =>
  story.effect.kind === 'interference' || story.effect.kind === 'throttle'

/** A story as the file of truth tells it. */
export interface TruthStory {
  readonly id: string
  readonly about: string
  readonly kind: string
  readonly blocking: boolean
  /** False where no single measurement can show the cause, so that only series of them decide. */
  readonly decidable_alone: boolean
  readonly mechanism: string | null
  readonly services: readonly string[]
  readonly probes: readonly string[]
  readonly networks: readonly { readonly asn: number; readonly start_utc: string; readonly end_utc: string }[]
}

const utc = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

/** The truth of a story, for a file that no judge reads. Form: docs/formats/simulated-history.md. */
export function describeStory(story: Story): TruthStory {
  const { effect } = story
  return {
    id: story.id,
    about: story.about,
    kind:
      effect.kind === 'interference' ? effect.how : 'state' in effect ? `${effect.kind}-${effect.state}` : effect.kind,
    blocking: isBlocking(story),
    decidable_alone: effect.kind !== 'loss' && effect.kind !== 'throttle',
    mechanism:
      effect.kind === 'interference' ? INTERFERENCES[effect.how] : effect.kind === 'throttle' ? 'tls.throttle' : null,
    services: story.services,
    probes: story.probes,
    networks: [...story.spans].map(([asn, span]) => ({ asn, start_utc: utc(span.start), end_utc: utc(span.end) })),
  }
}
