// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

/**
 * What a response code means to us (TPM_RC, part 2, 6.6), whatever handle or parameter it names.
 */
public enum TpmFailure {
  LOCKED_OUT(
      "locked out after wrong passwords or power cuts; wait for the lockout to expire, or clear it"
          + " with tpm2_dictionarylockout --clear-lockout"),
  BUSY("still busy after several tries; try again"),
  NV_RATE("NV memory is being written too often; try again later"),
  NV_UNAVAILABLE("NV memory is not available; try again"),
  OUT_OF_SLOTS("no room for another object or session; who else uses this TPM?"),
  NOT_STARTED("the TPM was not started; the firmware does this at power-on"),
  FAILED("the TPM is in failure mode; cut its power"),
  WRONG_AUTH("a password is set where we use none (owner, endorsement or key)"),
  POLICY("the policy of the key is not fulfilled"),
  POLICY_PCR("a PCR changed while the policy was being fulfilled"),
  VALUE("a value is not what the TPM holds or accepts"),
  NO_SUCH_HANDLE("nothing there"),
  NOT_OURS("the key was not made in this TPM, or its blob was changed"),
  WRONG_POINT("a public key is not on its curve"),
  BAD_SIGNATURE("the signature is not the key's"),
  WRONG_SIZE("a field has the wrong size"),
  NV_UNDEFINED("the NV index was never written"),
  NV_FULL("no NV memory left"),
  NV_EXISTS("the NV index exists already"),
  NV_LOCKED("the NV index is locked"),
  NV_RIGHTS("the NV index may not be used like this"),
  NOT_SUPPORTED("this TPM cannot do it"),
  GARBAGE("the answer makes no sense"),
  NOT_AUTHENTIC("the answer was not authenticated: something between us and the TPM changed it"),
  OTHER("refused");

  private static final int FORMAT_ONE = 0x080;
  private static final int FORMAT_ONE_BITS = 0x0bf;

  private final String advice;

  TpmFailure(String advice) {
    this.advice = advice;
  }

  /** One clause for the operator. */
  public String advice() {
    return advice;
  }

  /** The meaning of a response code; {@link #OTHER} when it has none for us. */
  static TpmFailure of(int responseCode) {
    // Format one carries the number of the handle, session or parameter at fault beside the error.
    int bare = (responseCode & FORMAT_ONE) != 0 ? responseCode & FORMAT_ONE_BITS : responseCode;
    return switch (bare) {
      case 0x921 -> LOCKED_OUT;
      case 0x922, 0x908, 0x90a, 0x909 -> BUSY;
      case 0x920 -> NV_RATE;
      case 0x923 -> NV_UNAVAILABLE;
      case 0x902, 0x903, 0x905 -> OUT_OF_SLOTS;
      case 0x100 -> NOT_STARTED;
      case 0x101 -> FAILED;
      case 0x08e, 0x0a2 -> WRONG_AUTH;
      case 0x09d, 0x126, 0x12f -> POLICY;
      case 0x128 -> POLICY_PCR;
      case 0x084 -> VALUE;
      case 0x08b, 0x910, 0x911, 0x912 -> NO_SUCH_HANDLE;
      case 0x09f, 0x0a5 -> NOT_OURS;
      case 0x0a7, 0x0a6 -> WRONG_POINT;
      case 0x09b -> BAD_SIGNATURE;
      case 0x095, 0x09a -> WRONG_SIZE;
      case 0x14a -> NV_UNDEFINED;
      case 0x14b -> NV_FULL;
      case 0x14c -> NV_EXISTS;
      case 0x148 -> NV_LOCKED;
      case 0x149 -> NV_RIGHTS;
      case 0x143, 0x083 -> NOT_SUPPORTED;
      default -> OTHER;
    };
  }

  /** Whether the TPM did nothing and the same command may succeed a moment later. */
  boolean isTransient() {
    return this == BUSY || this == NV_RATE || this == NV_UNAVAILABLE;
  }
}
