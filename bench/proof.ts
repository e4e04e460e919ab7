// The log and bundles: leaves taken in durably, a bundle of ten thousand measurements verified, and in each browser.
import { measureLeaves } from './proof/leaves.ts'
import { measureVerifyInBrowsers } from './proof/verify-in-browser.ts'
import { measureVerify } from './proof/verify.ts'
import type { Bench } from './run.ts'

const VERIFY_S = 6
const REJUDGED_S = 60
const LEAVES = 5000

export const bench: Bench = {
  summary: 'leaves logged a second, and a bundle verified: with and without judging again, in each browser',
  async run({ quick }) {
    const leaves = await measureLeaves(quick ? 1 : 4)
    const verified = await measureVerify(new AbortController().signal)
    const browsers = await measureVerifyInBrowsers(quick ? 20 : 200)
    const { measurements, verify_s, verify_folder_s, verify_rejudged_s } = verified
    return {
      table: [
        {
          figure: 'leaves sequenced a second, durable',
          value: leaves.leaves_per_s,
          target: '5 000',
          met: leaves.leaves_per_s >= LEAVES,
        },
        {
          figure: 'the same, archived first, each group durable',
          value: leaves.archived_and_sequenced_per_s,
          target: '5 000',
          met: leaves.archived_and_sequenced_per_s >= LEAVES,
        },
        { figure: 'measurements of the bundle', value: measurements },
        { figure: 'files of it', value: verified.files },
        { figure: 'its zip, MB', value: verified.megabytes },
        { figure: 'verified, zip, s', value: verify_s, target: '6', met: verify_s < VERIFY_S },
        { figure: 'verified, folder, s', value: verify_folder_s, target: '6', met: verify_folder_s < VERIFY_S },
        {
          figure: 'judged and derived again, s',
          value: verify_rejudged_s,
          target: '60',
          met: verify_rejudged_s < REJUDGED_S,
        },
        { figure: 'resident at most, MiB', value: verified.peak_mib },
        ...browsers.map(({ browser, megabytes, verify_s: seconds, peak_mb, longest_pause_ms }) => ({
          figure: `${megabytes} MB in ${browser}`,
          value: `${seconds.toFixed(1)} s, ${peak_mb.toFixed(0)} MB more, ${longest_pause_ms.toFixed(0)} ms without an answer`,
        })),
      ],
      json: {
        measurements,
        verify_s,
        verify_rejudged_s,
        leaves_per_s: leaves.leaves_per_s,
        verify_folder_s,
        archived_and_sequenced_per_s: leaves.archived_and_sequenced_per_s,
        files: verified.files,
        megabytes: verified.megabytes,
        peak_mib: Math.round(verified.peak_mib),
        browsers,
      },
    }
  },
}
