// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.http;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.device.Device;
import org.jspecify.annotations.Nullable;

/** Whoever asks is not a device that may. Nothing has been done. */
public final class CallRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; the caller sees the name. */
  public enum Reason {
    /** This is for devices, and the caller showed no certificate of this fleet. */
    NO_CERTIFICATE,
    /** The certificate has run out, was taken back, or is of a key that was replaced. */
    BAD_CERTIFICATE,
    /** The device is out of the fleet for ever. */
    NOT_WELCOME
  }

  private final Reason reason;

  private CallRefusal(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  static CallRefusal noCertificate() {
    return new CallRefusal(
        Reason.NO_CERTIFICATE, "a device shows its identity certificate here", null);
  }

  static CallRefusal badCertificate(Ueid device, String what, @Nullable Throwable cause) {
    return new CallRefusal(
        Reason.BAD_CERTIFICATE, "the certificate of device " + device + " " + what, cause);
  }

  static CallRefusal notWelcome(Device device) {
    return new CallRefusal(
        Reason.NOT_WELCOME, "device " + device.ueid() + " is " + device.state().text(), null);
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
