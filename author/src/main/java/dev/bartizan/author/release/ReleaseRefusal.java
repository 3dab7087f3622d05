// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseName;

/** A release is not made, or not given to somebody. Nothing has been published. */
public final class ReleaseRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** What is wrong with what was asked for. */
  public enum Code {
    /** The version exists already, a version names one thing for ever; or a fleet does. */
    EXISTS,
    /** There is no such release to start a difference from. */
    UNKNOWN_VERSION,
    /** The epoch is below one that devices may have reached: they would refuse the release. */
    OLD_EPOCH,
    /** A file of the software is where no version of it has files: devices would refuse it. */
    BAD_PLACE,
    /** The model is empty, too large, not all there, or none that the runtime of devices loads. */
    BAD_MODEL,
    /** The golden vectors are not in ONNX's layout, too many, or not what the model gives. */
    BAD_GOLDEN,
    /** Logs do not lead to the values of the PCRs: there is nothing to learn. */
    UNTRUSTED_REPORT,
    /** A device's certificate is of no fleet that is known here. */
    UNKNOWN_DEVICE,
    /** A certificate to which a key was to be wrapped is not good now. */
    EXPIRED,
    /** A key that is to be for destruction alone is for something else already. */
    SAME_KEY,
    /**
     * Its key was to go to devices ahead of their asking, and the release says that it does not.
     */
    ATTESTED
  }

  private final Code code;

  ReleaseRefusal(Code code, String message) {
    super(message);
    this.code = code;
  }

  ReleaseRefusal(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  static ReleaseRefusal unknown(ReleaseName name) {
    return new ReleaseRefusal(Code.UNKNOWN_VERSION, name + ": there is no such release");
  }

  static ReleaseRefusal exists(String target) {
    return new ReleaseRefusal(Code.EXISTS, target + ": exists already; take another version");
  }

  @Override
  public String code() {
    return code.name();
  }
}
