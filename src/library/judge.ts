import { laterCertificates } from '../browser/verify/later-certificates.ts'
import { webCrypto } from '../browser/verify/tools.ts'
import { judgePublic, type JudgedJson } from '../core/derive/judge-public.ts'
import { parseTables, VERDICT_TABLES, type FingerprintFile } from '../core/model/tables/parse-tables.ts'
import type { Aside } from '../core/ooni/decode/aside.ts'
import { tableBytes, tableDigest } from './tables.ts'

/** A verdict with what it rests on: head of the measurement, service, verdict with grounds, observations. */
export type VerdictOfMeasurement = Pick<JudgedJson, 'kind' | 'head' | 'service' | 'verdict' | 'observations'>
/** A measurement of which nothing is judged, with the reason. */
export type SetAside = Aside

/** What a judge is given. */
export interface JudgeOptions {
  /** Certificates of trusted roots in PEM: in Node `tls.rootCertificates`. Without them no chain leads to a known root. */
  readonly roots: readonly string[]
  /** Block-page fingerprints in the CSV form of OONI's blocking-fingerprints; none are bundled. */
  readonly fingerprints?: readonly FingerprintFile[]
}

/** Judges measurements one by one; keeps the certificates that it has checked. */
export interface Judge {
  /** Version of rules and tables that every verdict carries. */
  readonly rulesVersion: string
  /**
   * Judges one measurement in OONI's format, JSON in UTF-8 (docs/methods/judging.md). A verdict depends on these bytes, the
   * rules, the tables and the roots only. Throws InputError for bytes that are not JSON or have a field of a wrong type.
   */
  judge(bytes: Uint8Array): Promise<VerdictOfMeasurement | SetAside>
}

/**
 * Opens a judge with the tables of this version. Contacts nothing; runs in Node and in a browser.
 *
 * @example
 * import { openJudge } from 'kuager/judge'
 * import { rootCertificates } from 'node:tls'
 * const judge = openJudge({ roots: rootCertificates })
 * const judged = await judge.judge(await readFile('measurement.json'))
 * if (judged.kind === 'judged') console.log(judged.service, judged.verdict.kind, judged.verdict.rule)
 */
export function openJudge({ roots, fingerprints = [] }: JudgeOptions): Judge {
  const bytes = tableBytes()
  const json = new Map(VERDICT_TABLES.map((name) => [name, bytes.get(name) ?? new Uint8Array()]))
  const tables = parseTables({ json, fingerprints }, tableDigest)
  const certificates = laterCertificates(roots, webCrypto())
  return {
    rulesVersion: tables.rulesVersion,
    async judge(measurement) {
      for (;;) {
        const judged = judgePublic(measurement, { tables, certificates, digest: tableDigest })
        // WebCrypto answers later: a chain whose signatures were asked for now is judged once they are checked.
        if (certificates.pending > 0) await certificates.settle()
        else if (judged.kind === 'aside') return judged
        else {
          const { kind, head, service, verdict, observations } = judged
          return { kind, head, service, verdict, observations }
        }
      }
    },
  }
}
