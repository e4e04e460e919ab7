import { CONFIRMED_MECHANISMS, type AggregatedRow, type AggregationAsked } from './contract.ts'
import { number, requiredText } from './decode-rows.ts'
import type { Engine } from './engine.ts'

/** Runs sql/aggregated.sql; throws Fault for a value that the program would not have written. */
export async function aggregate(
  engine: Engine,
  sql: string,
  asked: AggregationAsked,
): Promise<readonly AggregatedRow[]> {
  const { axes, simulated, ...rest } = asked
  const params = { ...rest, axis_x: axes[0] ?? '', axis_y: axes[1] ?? '', simulated: Number(simulated) }
  const rows = await engine.query(sql, { ...params, confirmed: CONFIRMED_MECHANISMS })
  return rows.map((row) => ({
    keys: ['x', 'y'].slice(0, axes.length).map((name) => requiredText(row, name)),
    ok: number(row, 'ok'),
    anomaly: number(row, 'anomaly'),
    confirmed: number(row, 'confirmed'),
    failure: number(row, 'failure'),
  }))
}
