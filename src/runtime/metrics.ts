import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/**
 * Figures for Prometheus (https://prometheus.io/docs/concepts/data_model/). None is about a person: a label is a word of
 * this program, a network, an authority or a witness. Names and meanings: docs/operating/health.md.
 */

/** Counts of this process, in the module where each is counted. */
const COUNTED = new Registry()

/** What is known of one labelled series of a counter: the cheap way where each microsecond counts. */
export interface Counted {
  inc(by?: number): void
}

/** Counts events from the start of the process on. Made once, where the module is loaded. */
export function counter<Label extends string>(
  name: `kuager_${string}_total`,
  help: string,
  label: Label,
): (value: string) => Counted {
  const counts = new Counter({ name, help, labelNames: [label], registers: [COUNTED] })
  const known = new Map<string, Counted>()
  return (value) => {
    const found = known.get(value)
    if (found !== undefined) return found
    const made = counts.labels(value)
    known.set(value, made)
    return made
  }
}

/** Durations in seconds, counted in steps; `upTo` are the steps. Gives a function that notes one of so many milliseconds. */
export function durations(
  name: `kuager_${string}_seconds`,
  help: string,
  upTo: readonly number[],
): (ms: number) => void {
  const steps = new Histogram({ name, help, buckets: [...upTo], registers: [COUNTED] })
  return (ms) => steps.observe(ms / 1000)
}

/** A value, or one for each value of the label; undefined where there is none. */
export type Read = number | ReadonlyMap<string, number> | undefined

/** What is read only when someone asks for it. */
export interface Figure {
  readonly name: `kuager_${string}`
  readonly help: string
  readonly label?: string
  readonly read: () => Read | Promise<Read>
}

export interface Metrics {
  /** Content type of the text. */
  readonly type: string
  /** All figures, in the text form of Prometheus. A reading that fails is counted as such and costs no other. */
  text(): Promise<string>
}

let measuresProcess = false

/** The figures of this process, and those that `figures` give. */
export function openMetrics(figures: readonly Figure[]): Metrics {
  // Begun with the first who asks: these look at every garbage collection.
  if (!measuresProcess) collectDefaultMetrics({ register: COUNTED })
  measuresProcess = true
  const own = new Registry()
  const failed = new Gauge({
    name: 'kuager_unread',
    help: 'Figures that could not be read the last time.',
    labelNames: ['figure'],
    registers: [own],
  })
  for (const { name, help, label, read } of figures) {
    const gauge = new Gauge({
      ...{ name, help, registers: [own] },
      ...(label === undefined ? {} : { labelNames: [label] }),
      async collect() {
        gauge.reset()
        failed.remove(name)
        try {
          const found = await read()
          if (typeof found === 'number') gauge.set(found)
          else if (found === undefined) gauge.remove()
          else for (const [value, one] of found) gauge.labels(value).set(one)
        } catch {
          gauge.remove()
          failed.labels(name).set(1)
        }
      },
    })
  }
  return {
    type: own.contentType,
    // The failed ones are written last, when it is known which they are.
    text: async () => {
      const texts = await Promise.all(figures.map(({ name }) => own.getSingleMetricAsString(name)))
      return [...texts, await own.getSingleMetricAsString('kuager_unread'), await COUNTED.metrics()]
        .filter((text) => text !== '')
        .join('\n\n')
        .concat('\n')
    },
  }
}
