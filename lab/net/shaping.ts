import type { Place } from './netns.ts'

/** Class of traffic that CLASSIFY puts packets into where they are to be slow. */
export const SLOW = '1:30'

/** Takes every limit from a device. */
export async function unlimit(place: Place, device: string): Promise<void> {
  await place.attempt(['tc', 'qdisc', 'del', 'dev', device, 'root'])
}

/** What is classified as slow leaves the device at this rate; the rest as before. The queue is short, as a policer's. */
export async function limitClass(place: Place, device: string, kbit: number): Promise<void> {
  const tc = (...args: readonly string[]): Promise<string> => place.run(['tc', ...args])
  await tc('qdisc', 'add', 'dev', device, 'root', 'handle', '1:', 'htb', 'default', '10', 'r2q', '100')
  await tc('class', 'add', 'dev', device, 'parent', '1:', 'classid', '1:10', 'htb', 'rate', '4gbit', 'quantum', '60000')
  const rate = `${kbit}kbit`
  await tc(
    'class',
    'add',
    'dev',
    device,
    'parent',
    '1:',
    'classid',
    SLOW,
    'htb',
    'rate',
    rate,
    'ceil',
    rate,
    'quantum',
    '1600',
  )
  await tc('qdisc', 'add', 'dev', device, 'parent', SLOW, 'handle', '30:', 'bfifo', 'limit', '24000')
}

/** Everything that leaves the device does so at this rate, with a queue of some hundred milliseconds. */
export async function limitAll(place: Place, device: string, kbit: number): Promise<void> {
  await place.run([
    'tc',
    'qdisc',
    'add',
    'dev',
    device,
    'root',
    'tbf',
    'rate',
    `${kbit}kbit`,
    'burst',
    '8000',
    'latency',
    '400ms',
  ])
}
