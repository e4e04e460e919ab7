import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openResponders } from '../../../src/control/vpn/open-responders.ts'
import type { Responders } from '../../../src/core/model/tables/responders.ts'

/** Our own responders of tunnel protocols on loopback; disposing it closes them. */
export async function openLocalResponders(): Promise<AsyncDisposable & { readonly responders: Responders }> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-local-responders-'))
  const stop = new AbortController()
  const ports = { openvpnUdp: 0, openvpnTcp: 0, wireguard: 0, tor: 0 }
  const open = await openResponders({ host: '127.0.0.1', ports, keyFolder: join(folder, 'keys'), signal: stop.signal })
  const { openvpn, wireguard, tor, shapedKey } = open
  return {
    responders: { address: '127.0.0.1', openvpn, wireguard, tor, shapedKey },
    [Symbol.asyncDispose]: async () => {
      await open[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
