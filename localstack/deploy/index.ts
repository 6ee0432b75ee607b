export { type Deployed, deployAssembly } from './deploy-assembly';
export { DeploymentFailed } from './deploy-stack';
