#!/usr/bin/env bash
# LocalStack runs this when it is ready. It deploys a synthesised CDK app with what the image has, awslocal and python3:
# neither Node nor the CDK is in it. ASSEMBLY: the folder with the assembly.
set -euo pipefail

assembly="${ASSEMBLY:-/opt/orderstream/assembly}"
export AWS_DEFAULT_REGION="${AWS_DEFAULT_REGION:-us-east-1}"
export AWS_ACCESS_KEY_ID="${AWS_ACCESS_KEY_ID:-test}" AWS_SECRET_ACCESS_KEY="${AWS_SECRET_ACCESS_KEY:-test}"

if [ ! -f "$assembly/manifest.json" ]; then
  echo "no app in $assembly: run 'npm run deploy:localstack -- --synth', then start again"
  exit 0
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# What is to be published lies in files/<bucket>/<key> then; printed is a line per stack, in the order of their dependencies.
stacks="$(python3 - "$assembly" "$work/files" <<'PYTHON'
import json, os, shutil, sys

assembly, files = sys.argv[1:3]
artifacts = json.load(open(os.path.join(assembly, "manifest.json")))["artifacts"]
stacks = {name: one for name, one in artifacts.items() if one["type"] == "aws:cloudformation:stack"}

def publish(manifest):
    for file in json.load(open(os.path.join(assembly, manifest))).get("files", {}).values():
        source = os.path.join(assembly, file["source"]["path"])
        for place in file["destinations"].values():
            target = os.path.join(files, place["bucketName"], place["objectKey"])
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if file["source"].get("packaging") == "zip":
                shutil.make_archive(target.removesuffix(".zip"), "zip", source)
            else:
                shutil.copyfile(source, target)

for one in artifacts.values():
    if one["type"] == "cdk:asset-manifest":
        publish(one["properties"]["file"])

done = set()
def show(name):
    if name in done:
        return
    done.add(name)
    for other in stacks[name].get("dependencies", []):
        if other in stacks:
            show(other)
    properties = stacks[name]["properties"]
    template = properties["stackTemplateAssetObjectUrl"].removeprefix("s3://")
    print(properties.get("stackName", name), f"https://s3.{os.environ['AWS_DEFAULT_REGION']}.amazonaws.com/{template}")

for name in stacks:
    show(name)
PYTHON
)"

# What `cdk bootstrap` would leave behind, as far as the templates ask for it.
awslocal ssm put-parameter --name /cdk-bootstrap/hnb659fds/version --type String --value 30 --overwrite > /dev/null
for bucket in "$work"/files/*; do
  awslocal s3api create-bucket --bucket "${bucket##*/}" > /dev/null
  awslocal s3 cp --recursive --only-show-errors "$bucket" "s3://${bucket##*/}"
done

while read -r stack template; do
  echo "deploying $stack"
  set -- --stack-name "$stack" --template-url "$template" \
    --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND
  if created="$(awslocal cloudformation create-stack "$@" 2>&1)"; then
    awslocal cloudformation wait stack-create-complete --stack-name "$stack"
  elif [[ "$created" != *AlreadyExistsException* ]]; then
    echo "$created" >&2
    exit 1
  elif updated="$(awslocal cloudformation update-stack "$@" 2>&1)"; then
    awslocal cloudformation wait stack-update-complete --stack-name "$stack"
  elif [[ "$updated" != *"No updates are to be performed"* ]]; then
    echo "$updated" >&2
    exit 1
  fi
done <<< "$stacks"

awslocal cloudformation describe-stacks --query 'Stacks[].Outputs[].[OutputKey, OutputValue]' --output text
echo "the app is deployed"
