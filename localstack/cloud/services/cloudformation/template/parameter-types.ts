/** `AWS::SSM::Parameter::Value<…>` of a text or a list of texts: what Ref yields is read from the parameter store. */
const STORED = /^AWS::SSM::Parameter::Value<(.+)>$/;
const PLAIN = ['String', 'Number', 'List<Number>', 'List<String>', 'CommaDelimitedList', 'AWS::SSM::Parameter::Name'];
/** Their values name things of services that this cloud has not, so that none of them can be right. */
const FOREIGN =
  /^(List<)?AWS::(EC2::(AvailabilityZone::Name|Image::Id|Instance::Id|KeyPair::KeyName|SecurityGroup::(GroupName|Id)|Subnet::Id|Volume::Id|VPC::Id)|Route53::HostedZone::Id)>?$/;
const LISTS = ['CommaDelimitedList', 'List<Number>', 'List<String>'];

/** What the parameter's value is read as, once it is there: for a stored one, the type in the brackets. */
export const innerType = (type: string): string => STORED.exec(type)?.[1] ?? type;

export const isStored = (type: string): boolean => STORED.test(type);

export const isList = (type: string): boolean => LISTS.includes(innerType(type));

/** Whether AWS knows the type. */
export const isParameterType = (type: string): boolean =>
  PLAIN.includes(type) || FOREIGN.test(type) || (isStored(type) && (isHonoured(type) || FOREIGN.test(innerType(type))));

export const isHonoured = (type: string): boolean =>
  isStored(type) ? ['String', 'List<String>', 'CommaDelimitedList'].includes(innerType(type)) : PLAIN.includes(type);
