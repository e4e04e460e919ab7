import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { serviceName, type Names } from '../../core/text/names.ts'
import type { CoverageDay, JudgedClaim } from '../../core/model/incident/claim.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { SPEAKERS, type Statement } from '../../core/model/tables/record.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { OutsideRecord } from '../../runtime/tables/record.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { Frame } from '../../web/html/frame.ts'
import { answerPage } from '../respond.ts'
import { claimsPage, type ClaimIncidentLink, type ClaimsView, type Speaker } from './page/claims.ts'

export interface ClaimPagesOptions {
  readonly record: OutsideRecord
  readonly incidents: Pick<IncidentStore, 'current'>
  readonly names: Names
  readonly frame: Frame
  /** How well each service was watched, day by day. */
  readonly coverage: () => Promise<readonly CoverageDay[]>
  /** `judgeClaims` of detect/, bound to zone, owners, VPN services and the world of the record. */
  readonly judge: (
    statements: readonly Statement[],
    measured: { readonly incidents: readonly Incident[]; readonly coverage: readonly CoverageDay[] },
  ) => readonly JudgedClaim[]
}

/** Adds `/kk/claims` and its two sisters: statements next to measurements. */
export function addClaimPages(site: Hono, options: ClaimPagesOptions): void {
  for (const lang of LANGS)
    site.get(`/${lang}/claims`, async (c) => {
      const chosen = chosenSpeaker(c)
      const [incidents, coverage] = await Promise.all([options.incidents.current(), options.coverage()])
      const view = claimsView(options, options.judge(options.record.statements, { incidents, coverage }), {
        incidents,
        chosen,
      })
      return answerPage(c, claimsPage(lang, view), options.frame)
    })
}

const chosenSchema = z.strictObject({ speaker: z.enum(SPEAKERS).optional() })

function chosenSpeaker(c: Context): Speaker | undefined {
  const parsed = chosenSchema.safeParse(c.req.query())
  if (parsed.success) return parsed.data.speaker
  const known = parsed.error.issues[0]?.path[0] === 'speaker'
  throw new InputError(`Cannot read query, ${known ? 'speaker' : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? 'speaker' : 'query',
    expected: known ? `one of ${SPEAKERS.join(', ')}` : 'only speaker',
  })
}

/** Newest statements first: questions are mostly about the latest statements. */
function claimsView(
  { record, names }: ClaimPagesOptions,
  judged: readonly JudgedClaim[],
  { incidents, chosen }: { readonly incidents: readonly Incident[]; readonly chosen: Speaker | undefined },
): ClaimsView {
  const byClaim = new Map(judged.map((one) => [one.claim, one]))
  const byId = new Map(incidents.map((one) => [one.id, one]))
  return {
    statements: record.statements
      .filter(({ speaker }) => chosen === undefined || speaker === chosen)
      .toReversed()
      .map((statement) => ({
        statement,
        claims: statement.claims.flatMap((claim) => {
          const one = byClaim.get(claim.id)
          if (one === undefined) return []
          const links = one.incidents.flatMap((id) => {
            const incident = byId.get(id)
            return incident === undefined ? [] : [incidentLink(incident, names)]
          })
          return [{ claim, judged: one, incidents: links }]
        }),
      })),
    speakers: SPEAKERS.filter((one) => record.statements.some(({ speaker }) => speaker === one)),
    ...defined({ chosen }),
    simulated: record.simulated,
  }
}

function incidentLink(incident: Incident, names: Names): ClaimIncidentLink {
  const start = incident.start.median ?? incident.start.bracket[1]
  return {
    id: incident.id,
    serviceName: serviceName(names, incident.service),
    asn: incident.asn,
    ...defined({ start }),
  }
}
