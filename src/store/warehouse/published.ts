import type { PublishedPart, PublishedRow, PublishedRows } from './contract.ts'
import { number, requiredText } from './decode-rows.ts'
import type { Engine, Params } from './engine.ts'
import { endOfRows } from './row-text.ts'
import type { Queries } from './schema.ts'

/** Rows of files for researchers, by sql/published-*.sql. Each part is one short query. */
export function publishedRows(engine: Engine, queries: Queries): PublishedRows {
  const part = async (sql: string, params: Params): Promise<PublishedPart> => {
    const text = await engine.queryText(sql, params)
    return { text, ...endOfRows(text) }
  }
  return {
    async state() {
      const [row = {}] = await engine.query(queries['published-state'], {})
      return { insertion: number(row, 'judged'), erased: number(row, 'erased') }
    },
    async months({ simulated, until }) {
      const rows = await engine.query(queries['published-months'], { simulated: Number(simulated), until })
      return rows.map((row) => requiredText(row, 'month'))
    },
    async print({ since, until, simulated }) {
      const params = { since, until, simulated: Number(simulated) }
      const [row = {}] = await engine.query(queries['published-print'], params)
      return {
        measurements: number(row, 'measurements'),
        ids: requiredText(row, 'ids'),
        judgements: requiredText(row, 'judgements'),
      }
    },
    measurements: ({ since, until, simulated, after, most }) =>
      part(queries['published-measurements'], {
        ...{ since, until, most, simulated: Number(simulated) },
        after_service: after === undefined ? '' : requiredText(after, 'service'),
        after_asn: after === undefined ? 0 : number(after, 'probe_asn'),
        after_at: after === undefined ? 0 : number(after, 'at'),
        after_leaf: after === undefined ? -1 : number(after, 'leaf_index'),
      }),
    async observations(of, { since, until, after, most }) {
      const [first, last] = [after ?? of[0], of.at(-1)]
      if (first === undefined || last === undefined) return { text: '', rows: 0 }
      return part(queries['published-observations'], {
        ...{ since, until, most },
        ...placeOf('first', first),
        ...placeOf('last', last),
        after_position: after === undefined ? -1 : number(after, 'position'),
        leaves: of.map((row) => number(row, 'leaf_index')),
        judgements: of.map((row) => number(row, 'judged')),
      })
    },
  }
}

const placeOf = (which: 'first' | 'last', row: PublishedRow): Readonly<Record<string, string | number>> => ({
  [`${which}_service`]: requiredText(row, 'service'),
  [`${which}_asn`]: number(row, 'probe_asn'),
  [`${which}_at`]: number(row, 'at'),
  [`${which}_leaf`]: number(row, 'leaf_index'),
})
