// Loaded before the original command line, which is otherwise unchanged: it reports neither its
// use nor its errors to anybody, so that no test leaves this machine or waits for an answer.
const Module = require('module')
const childProcess = require('child_process')

const load = Module._load
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest)
  if (request === 'raven') loaded.captureException = (...args) => args.forEach(a => typeof a === 'function' && a())
  return loaded
}

const spawn = childProcess.spawn
childProcess.spawn = function (program, args, options) {
  return options && options.detached ? { unref() {} } : spawn.call(this, program, args, options)
}
