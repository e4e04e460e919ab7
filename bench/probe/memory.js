// Loaded before a command: says at its end how much memory was resident at most.
process.on('exit', () => process.stderr.write(`maxrss=${process.resourceUsage().maxRSS}\n`))
