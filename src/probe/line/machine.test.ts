import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultRoutes, isNeighbourKnown, isTunnelInterface, type OwnAddress } from './machine.ts'

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'
const ETHERNET = 'eth0\t00000000\t0107A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n'
const LOCAL = 'eth0\t0007A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n'
const HALF = 'tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0\n'
const own = (...names: readonly string[]): readonly OwnAddress[] =>
  names.map((name) => ({ name, address: '192.0.2.1', family: 4 }))

describe('defaultRoutes()', () => {
  it('reads the gateway, whose bytes the kernel writes backwards', () => {
    assert.deepEqual(defaultRoutes(HEAD + LOCAL + ETHERNET), [{ device: 'eth0', gateway: '192.168.7.1' }])
  })

  it('puts half of the address space first, as a VPN lays it over the route beneath', () => {
    assert.equal(defaultRoutes(HEAD + ETHERNET + HALF)[0]?.device, 'tun0')
  })

  it('gives nothing for a machine without a way out, and for garbage', () => {
    assert.deepEqual(defaultRoutes(HEAD + LOCAL), [])
    assert.deepEqual(defaultRoutes('\0garbage\n\n x'), [])
  })
})

describe('isTunnel()', () => {
  const nowhere = '/nonexistent'

  it('knows interfaces of tunnels by their names', () => {
    for (const name of ['tun0', 'wg0', 'utun4', 'tailscale0', 'nordlynx'])
      assert.equal(isTunnelInterface(name, own(name), nowhere), true)
    for (const name of ['eth0', 'wlan0', 'en0', 'enp3s0', 'wwan0'])
      assert.equal(isTunnelInterface(name, own(name), nowhere), false)
  })

  it('takes ppp for the line itself where nothing else has an address, and for a tunnel where something has', () => {
    assert.equal(isTunnelInterface('ppp0', own('ppp0'), nowhere), false)
    assert.equal(isTunnelInterface('ppp0', own('ppp0', 'eth0'), nowhere), true)
  })
})

describe('isNeighbourKnown()', () => {
  const table = [
    'IP address       HW type     Flags       HW address            Mask     Device',
    '192.168.7.1      0x1         0x2         02:00:00:00:00:01     *        eth0',
    '192.168.7.9      0x1         0x0         00:00:00:00:00:00     *        eth0',
  ].join('\n')

  it('counts complete entries only', () => {
    assert.equal(isNeighbourKnown('192.168.7.1', table), true)
    assert.equal(isNeighbourKnown('192.168.7.9', table), false)
    assert.equal(isNeighbourKnown('192.168.7.2', table), false)
  })
})
