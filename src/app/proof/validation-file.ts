import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCauseTable } from '../../core/detect/cause/table.ts'
import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import type { DetectSettings } from '../../core/detect/chain/settings.ts'
import { readDated } from '../../core/detect/forms/read-dated.ts'
import { dateSeries } from '../../core/detect/series/date-series.ts'
import { predictedOf } from '../../core/detect/validation/predict.ts'
import { detectionVersion } from '../../core/derive/rules.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { InputError } from '../../core/model/errors.ts'
import {
  FROZEN_VALIDATION_FORMAT,
  frozenValidationSchema,
  validationLabelsSchema,
  type FrozenValidation,
  type PredictedCase,
  type ValidationLabels,
  type ValidationProtocol,
} from '../../core/model/incident/validation.ts'
import { formatInstantUtc, type Instant } from '../../core/model/units.ts'
import { printable } from '../../core/text/printable.ts'
import { describeProgram } from '../../pipeline/bundle/program.ts'
import { digest as sha256 } from '../../pipeline/judge/judge-bytes.ts'
import { loadCauseFile } from '../../runtime/tables/cause-files.ts'

/** The settings of a protocol: without a zone no hour of the day is more likely than another. */
function settingsOf({ zone, schedule_minutes: scheduleMinutes }: ValidationProtocol): DetectSettings {
  const fitted = defaultSettings()
  if (zone !== undefined) return { ...fitted, scheduleMinutes, zone }
  const flat = Array.from({ length: 24 }, () => 1)
  return { ...fitted, scheduleMinutes, zone: 'UTC', onsetHours: flat, loadHours: flat }
}

export interface PredictOptions {
  /** Folder of the series. */
  readonly series: string
  readonly signal: AbortSignal
  onCase?(id: string, done: number): void
}

/** What this program says of every case of a protocol. Throws InputError for a series that cannot be read. */
export async function predictCases(
  protocol: ValidationProtocol,
  options: PredictOptions,
): Promise<readonly PredictedCase[]> {
  const { file, digest } = loadCauseFile()
  const table = makeCauseTable(file, digest)
  const settings = settingsOf(protocol)
  const cases: PredictedCase[] = []
  for (const { id, file: name } of protocol.cases) {
    options.signal.throwIfAborted()
    let bytes: Buffer
    try {
      bytes = await readFile(join(options.series, name))
    } catch {
      throw new InputError(`Cannot read series "${printable(name)}" of case ${id}`, {
        code: 'validation.series',
        path: name,
        expected: 'a file in the folder of --series',
      })
    }
    const { series, rejects } = readDated(bytes.toString('utf8'), name)
    const dated = series.map(({ readings }) => ({ readings, ...dateSeries(readings, { settings, table }) }))
    cases.push({
      id,
      sha256: sha256(bytes),
      readings: dated.reduce((sum, { readings }) => sum + readings.length, 0),
      set_aside: rejects.length,
      incidents: dated.flatMap(({ incidents }) => incidents.map(predictedOf)),
    })
    options.onCase?.(id, cases.length)
  }
  return cases
}

/** Version of the program that predicts: its sources, and the rules and tables of detection. */
export async function predictingProgram(protocol: ValidationProtocol): Promise<FrozenValidation['program']> {
  const { digest } = loadCauseFile()
  const detection = detectionVersion(settingsOf(protocol), digest, sha256)
  const { version, source_sha256 } = await describeProgram({ rules: '', detection })
  return { version, source_sha256, rules: detection }
}

/** The frozen file: protocol, program and predictions, with the SHA-256 of their canonical JSON. */
export async function freezeValidation(
  protocol: ValidationProtocol,
  cases: readonly PredictedCase[],
  at: Instant,
): Promise<FrozenValidation> {
  const content: Omit<FrozenValidation, 'sha256'> = {
    format: FROZEN_VALIDATION_FORMAT,
    frozenAtUtc: formatInstantUtc(at),
    protocol,
    program: await predictingProgram(protocol),
    cases: [...cases],
  }
  return { ...content, sha256: sha256(encodeCanonical(content)) }
}

/** A frozen validation whose hash holds, or undefined. */
export function readFrozenValidation(value: unknown): FrozenValidation | undefined {
  const parsed = frozenValidationSchema.safeParse(value)
  if (!parsed.success) return undefined
  const { sha256: stated, ...content } = parsed.data
  return sha256(encodeCanonical(content)) === stated ? parsed.data : undefined
}

/** Labels whose bytes have the hash that was fixed before; undefined: others, or not in their form. */
export function readLabels(text: string, { protocol }: FrozenValidation): ValidationLabels | undefined {
  if (sha256(text) !== protocol.labels_sha256) return undefined
  try {
    return validationLabelsSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
