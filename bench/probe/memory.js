// Loaded before a command: says at its end how much memory was resident at most, and its processor time.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  process.stderr.write(`maxrss=${maxRSS} cpu=${(userCPUTime + systemCPUTime) / 1e6}\n`)
})
