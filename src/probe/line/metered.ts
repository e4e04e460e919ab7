import { execFile } from 'node:child_process'
import { platform } from 'node:os'

/** Whether the system calls the connection metered; `unknown` also where it cannot be asked. */
export type Metered = 'yes' | 'no' | 'unknown'

/**
 * Whether a large download may cost its owner money: where the system says so, or where it cannot be asked and the owner
 * let the schedule use connections that cost.
 */
export const mayCost = (system: Metered, owner: boolean | undefined): boolean =>
  system === 'yes' || (system === 'unknown' && owner === true)

const LIMIT_MS = 10_000

/** What NetworkManager says: 1 and 3 are yes and a guessed yes, 2 and 4 the same of no. Source: NMMetered. */
const NETWORK_MANAGER = {
  command: 'busctl',
  words: [
    ...['--system', '--auto-start=no', 'get-property', 'org.freedesktop.NetworkManager'],
    ...['/org/freedesktop/NetworkManager', 'org.freedesktop.NetworkManager', 'Metered'],
  ],
  yes: /^u [13]\s*$/,
  no: /^u [24]\s*$/,
} as const

/** What Windows says of the connection that leads to the internet. Source: NetworkCostType. Never run on Windows. */
const WINDOWS = {
  command: 'powershell.exe',
  words: [
    ...['-NoProfile', '-NonInteractive', '-Command'],
    '$i = [Windows.Networking.Connectivity.NetworkInformation, Windows.Networking.Connectivity, ContentType = WindowsRuntime]; ' +
      '$p = $i::GetInternetConnectionProfile(); if ($p) { "cost " + $p.GetConnectionCost().NetworkCostType }',
  ],
  yes: /^cost (?:Fixed|Variable)\s*$/,
  no: /^cost Unrestricted\s*$/,
} as const

/**
 * Asks the system whether the connection is metered: NetworkManager by D-Bus, Windows by its runtime. macOS and systems
 * without NetworkManager tell it to no program of this kind.
 */
export function readMetered(env: Readonly<Record<string, string | undefined>>): Promise<Metered> {
  const asked = { linux: NETWORK_MANAGER, win32: WINDOWS }[String(platform())]
  if (asked === undefined) return Promise.resolve('unknown')
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: LIMIT_MS, windowsHide: true }
    execFile(asked.command, asked.words, options, (error, said) => {
      if (error === null && asked.yes.test(said)) resolve('yes')
      else resolve(error === null && asked.no.test(said) ? 'no' : 'unknown')
    })
  })
}
