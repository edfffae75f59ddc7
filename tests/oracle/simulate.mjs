// Reads one case per line, {"documents": [...], "simulations": [...]}, and writes one line of results for each, {"results": [...],
// "nanoseconds": n}. A document is named by its place in the list, so that what a case repeats is sent once. The time is that of the
// evaluations alone, without reading and writing.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const named = (documents, list) => list.map(({ name, document }) => ({ name, policy: documents[document] }))

const levels = (documents, list) =>
  list.map(({ id, policies }) => ({ orgIdentifier: id, policies: named(documents, policies) }))

async function simulate(documents, s) {
  const result = await runSimulation(
    {
      request: {
        principal: s.principal,
        action: s.action,
        resource: { resource: s.resource, accountId: s.account },
        contextVariables: s.context
      },
      identityPolicies: named(documents, s.identity),
      permissionBoundaryPolicies: s.boundary === null ? undefined : named(documents, [s.boundary]),
      sessionPolicy: s.session === null ? undefined : documents[s.session.document],
      resourcePolicy: s.trust === null ? undefined : documents[s.trust.document],
      serviceControlPolicies: levels(documents, s.levels),
      resourceControlPolicies: []
    },
    {}
  )
  if (result.resultType === 'error') {
    return { error: JSON.stringify(result.errors) }
  }
  return { outcome: result.overallResult, ignored: result.result?.ignoredContextKeys ?? [] }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { documents, simulations } = JSON.parse(line)
  const begin = process.hrtime.bigint()
  const results = []
  for (const s of simulations) {
    try {
      results.push(await simulate(documents, s))
    } catch (problem) {
      results.push({ error: String(problem?.stack ?? problem) })
    }
  }
  const nanoseconds = Number(process.hrtime.bigint() - begin)
  process.stdout.write(JSON.stringify({ results, nanoseconds }) + '\n')
}
