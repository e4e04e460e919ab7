import { openSync, read, writeSync } from 'node:fs'
import koffi from 'koffi'

/** `TUNSETIFF` of linux/if_tun.h. */
const TUNSETIFF = 0x400454ca
/** `IFF_TUN | IFF_NO_PI`: whole IP packets, nothing before them. */
const FLAGS = 0x1001
const IFREQ_BYTES = 40
const NAME_BYTES = 16
const MOST_PACKET = 65_536

/** A network device whose packets this process reads and writes. */
export interface TunDevice {
  /** Writes a whole IP packet as if it had come in by the device. */
  write(packet: Buffer): void
  /** Calls back for every packet that is routed to the device. */
  listen(onPacket: (packet: Buffer) => void): void
}

/** Opens a device in the namespace of this process. Throws where the kernel refuses. */
export function openTun(name: string): TunDevice {
  const ioctl = koffi.load('libc.so.6').func('int ioctl(int fd, unsigned long request, void *argument)')
  const fd = openSync('/dev/net/tun', 'r+')
  const request = Buffer.alloc(IFREQ_BYTES)
  request.write(name)
  request.writeUInt16LE(FLAGS, NAME_BYTES)
  const answer: unknown = ioctl(fd, TUNSETIFF, request)
  if (answer !== 0) throw new Error(`Cannot open device ${name}: error ${koffi.errno()}`)
  const buffer = Buffer.alloc(MOST_PACKET)
  return {
    write: (packet) => {
      writeSync(fd, packet)
    },
    listen: (onPacket) => {
      const next = (): void =>
        read(fd, buffer, 0, MOST_PACKET, null, (error, length) => {
          if (error !== null) throw error
          onPacket(Buffer.from(buffer.subarray(0, length)))
          next()
        })
      next()
    },
  }
}
