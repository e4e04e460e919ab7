import { DESCRIPTION, wordsOf, type ServiceProgram } from './program.ts'

/** A word of a command line as systemd reads it: in quotes, with its own signs doubled. Source: systemd.service(5). */
export const quoteUnit = (word: string): string =>
  `"${word.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/%/g, '%%').replace(/\$/g, '$$$$')}"`

/**
 * A unit for the owner's own systemd. Hardened as far as a process can be that opens sockets and compiles JavaScript: it
 * writes to its folder alone and gains no rights. Settings that need rights of the system's manager (capabilities,
 * kernel modules, clock) are left out: in a manager of a user they keep the service from starting.
 * Checked by `systemd-analyze verify`. Source: systemd.exec(5), systemd.service(5).
 */
export function systemdUnit(program: ServiceProgram): string {
  return `[Unit]
Description=${DESCRIPTION}

[Service]
Type=exec
ExecStart=${wordsOf(program).map(quoteUnit).join(' ')}
Restart=on-failure
RestartSec=5min
# 2 and 3: settings or consent are missing, or another process keeps the schedule; trying again changes nothing
RestartPreventExitStatus=2 3
TimeoutStopSec=30
UMask=0077
Nice=10
IOSchedulingClass=idle
MemoryMax=400M
Environment=MALLOC_ARENA_MAX=2
TasksMax=64

NoNewPrivileges=yes
PrivateUsers=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths="${program.folder.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/%/g, '%%')}"
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
`
}
