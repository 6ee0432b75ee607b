import { type App, type IPolicyValidationContext, type PolicyValidationPluginReport, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/** Synthesis fails on every finding of cdk-nag that no construct has acknowledged with a reason. */
export function watchWithNag(app: App): void {
  Validations.of(app).addPlugins(new QuietChecks(app));
}

/** cdk-nag reads a deprecated property to judge bus policies; CDK's warning about that would be none of the user's. */
class QuietChecks extends AwsSolutionsChecks {
  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const before = process.env.JSII_DEPRECATED;
    process.env.JSII_DEPRECATED = 'quiet';
    try {
      return super.validate(context);
    } finally {
      if (before === undefined) delete process.env.JSII_DEPRECATED;
      else process.env.JSII_DEPRECATED = before;
    }
  }
}
