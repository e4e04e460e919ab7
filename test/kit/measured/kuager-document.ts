import type { Json } from './measurement.ts'
import { endpoint } from './kuager-endpoint.ts'

export interface DocumentOptions {
  readonly service?: string
  readonly line?: Json
  /** By whom questions were answered; absent as in most measurements. */
  readonly resolvers?: Json
  readonly endpoints?: readonly Json[]
  readonly root?: Json
  readonly annotations?: Json
}

/** A whole measurement: a healthy line, and the endpoints given. */
export function kuagerDocument(options: DocumentOptions = {}): Json {
  const service = options.service ?? 'youtube'
  return {
    annotations: {
      platform: 'linux',
      architecture: 'x64',
      engine_name: 'kuager',
      origin: 'autorun',
      x_probe: '0123456789abcdef',
      x_key: 'C7k0YJq9m5cYbqPzq0m0m8bQk2o7x3oQd1u5r8y2b4c=',
      x_run: 'fedcba9876543210',
      x_scope: 'full',
      x_asn_from: 'collector',
      ...options.annotations,
    },
    data_format_version: '0.2.0',
    input: service,
    measurement_start_time: '2026-11-20 12:30:00',
    probe_asn: 'AS9198',
    probe_cc: 'KZ',
    probe_ip: '127.0.0.1',
    probe_network_name: 'A network',
    report_id: '',
    resolver_asn: 'AS0',
    resolver_ip: '127.0.0.2',
    resolver_network_name: '',
    software_name: 'kuager',
    software_version: '0.1.0',
    test_keys: {
      service,
      tier: 'A',
      line: {
        state: 'ok',
        gateway: 'answers',
        resolver: 'answers',
        portal: 'none',
        ipv4: true,
        ipv6: false,
        tunnel: 'none',
        network_changed: false,
        clock_offset: 0.1,
        clock_round_trip: 0.05,
        canaries: [
          { moment: 'before', t: 0, tried: 5, passed: 5 },
          { moment: 'during', t: 5, tried: 5, passed: 5 },
          { moment: 'after', t: 9, tried: 5, passed: 5 },
        ],
        ...options.line,
      },
      ...(options.resolvers && { x_resolvers: options.resolvers }),
      endpoints: options.endpoints ?? [endpoint('www.youtube.com'), endpoint('i.ytimg.com', { use: 'media' })],
    },
    test_name: 'kuager',
    test_runtime: 10,
    test_start_time: '2026-11-20 12:30:00',
    test_version: '0.1.0',
    ...options.root,
    x_signature: 'A'.repeat(86),
  }
}
