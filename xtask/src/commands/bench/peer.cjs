// Lets the peer decide requests: translates each into the request of its public interface, and its answer back.
// Takes the peer's folder and a file of lines; prints CPU seconds, peak memory and answers as JSON. Lines are parsed
// before the clock starts, and some are decided before, so that the peer's tables are loaded and its code is compiled.
const { createRequire } = require('node:module')
const { readFileSync } = require('node:fs')
const [folder, file] = process.argv.slice(2)
const { runSimulation } = createRequire(folder + '/package.json')('@cloud-copilot/iam-simulate')

const named = (policies) => (policies ?? []).map((policy, at) => ({ name: `p${at}`, policy }))
const levels = (lists) => (lists ?? []).map((list, at) => ({ orgIdentifier: `level-${at}`, policies: named(list) }))
// The peer knows that resource control policies begin with one that allows everything, and refuses to be told.
const isFullAccess = (policy) => policy.Statement.some((one) => one.Effect === 'Allow')
const texts = (context) => Object.fromEntries(
  Object.entries(context).map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : String(value)]))
const simulation = (line) => ({
  request: {
    principal: line.principal,
    action: line.action,
    resource: { resource: line.resource, accountId: line.resource_account },
    contextVariables: texts(line.context),
  },
  identityPolicies: named(line.identity_policies),
  serviceControlPolicies: levels(line.scps),
  resourceControlPolicies: levels((line.rcps ?? []).map((list) => list.filter((one) => !isFullAccess(one)))),
  resourcePolicy: line.resource_policy ?? undefined,
  permissionBoundaryPolicies: line.boundaries?.length ? named(line.boundaries) : undefined,
})
const answer = (result) =>
  result.resultType === 'error' ? { refused: JSON.stringify(result.errors) } : { decision: result.overallResult }

const main = async () => {
  const simulations = readFileSync(file, 'utf8').trim().split('\n').map((line) => simulation(JSON.parse(line)))
  for (const one of simulations.slice(0, 500)) answer(await runSimulation(one, {}))
  const begin = process.cpuUsage()
  const answers = []
  for (const one of simulations) answers.push(answer(await runSimulation(one, {})))
  const used = process.cpuUsage(begin)
  const peak = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ cpu_seconds: (used.user + used.system) / 1e6, peak_mebibytes: peak, answers }))
}
main()
