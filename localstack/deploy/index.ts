export { deployAssembly } from './deploy-assembly';
