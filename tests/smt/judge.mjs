// Reads lines {"scripts": [...]} of SMT-LIB and writes for each a line {"results": [...]} of what the solver says to each script. Every script has a
// context and a solver of its own.
import { createInterface } from 'node:readline'
import { init } from 'z3-solver'

const { Z3 } = await init()

// The milliseconds after which the solver says "unknown".
const limit = 20000
const verdicts = { '-1': 'unsat', 0: 'unknown', 1: 'sat' }

// The text is parsed before the solver's thread begins: the thread would read it from memory that is given back by then.
async function solve(script) {
  const config = Z3.mk_config()
  const context = Z3.mk_context(config)
  Z3.del_config(config)
  const solver = Z3.mk_solver(context)
  Z3.solver_inc_ref(context, solver)
  try {
    const params = Z3.mk_params(context)
    Z3.params_inc_ref(context, params)
    Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, 'timeout'), limit)
    Z3.solver_set_params(context, solver, params)
    Z3.params_dec_ref(context, params)
    Z3.solver_from_string(context, solver, script)
    if (Z3.get_error_code(context) !== 0) {
      return 'error ' + Z3.get_error_msg(context, Z3.get_error_code(context))
    }
    return verdicts[await Z3.solver_check(context, solver)]
  } catch (problem) {
    return 'error ' + problem
  } finally {
    Z3.solver_dec_ref(context, solver)
    Z3.del_context(context)
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { scripts } = JSON.parse(line)
  const results = []
  for (const script of scripts) {
    results.push(await solve(script))
  }
  process.stdout.write(JSON.stringify({ results }) + '\n')
}
// The solver keeps threads that would keep the process alive.
process.exit(0)
