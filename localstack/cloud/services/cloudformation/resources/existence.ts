import { AwsError } from '../../../core/aws-error';

/** Whether an error says that what was asked for is not there. */
export const isGone = (error: unknown): boolean =>
  error instanceof AwsError && /NotFound|NoSuch|NonExistent|DoesNotExist/.test(error.code);

/** Takes away what may not be there, as after an update that ended half-way. */
export async function removeIfThere(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

/**
 * For what APIs make a second time without complaint: a stack must not take over what somebody else has made, or its
 * rollback would delete it. `find` rejects when there is nothing.
 */
export async function refuseExisting(type: string, identifier: string, find: () => Promise<unknown>): Promise<void> {
  try {
    await find();
  } catch (error) {
    if (isGone(error)) return;
    throw error;
  }
  throw new AwsError('AlreadyExists', `Resource of type '${type}' with identifier '${identifier}' already exists.`);
}
