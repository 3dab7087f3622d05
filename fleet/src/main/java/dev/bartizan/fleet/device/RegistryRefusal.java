// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;

/** The registry says no about a device. Nothing has changed. */
public final class RegistryRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  private final String code;

  private RegistryRefusal(String code, String message) {
    super(message);
    this.code = code;
  }

  public static RegistryRefusal unknown(Ueid ueid) {
    return new RegistryRefusal("UNKNOWN_DEVICE", "no device is called " + ueid);
  }

  public static RegistryRefusal notWelcome(Device device) {
    return new RegistryRefusal(
        "NOT_WELCOME", "device " + device.ueid() + " is " + device.state().text());
  }

  public static RegistryRefusal revoked(Device device) {
    return new RegistryRefusal(
        "REVOKED",
        "device "
            + device.ueid()
            + " is "
            + device.state().text()
            + ", and stays so; enrol new hardware");
  }

  /** The same of one that is in the list of revoked devices alone. */
  public static RegistryRefusal revokedBefore(Ueid ueid) {
    return new RegistryRefusal(
        "NOT_WELCOME", "device " + ueid + " was revoked, and stays so; enrol new hardware");
  }

  public static RegistryRefusal tooManyCertificates(Ueid ueid, int good) {
    return new RegistryRefusal(
        "TOO_MANY_CERTIFICATES",
        "device " + ueid + " has " + good + " certificates that are still good; renew later");
  }

  public static RegistryRefusal golden(Ueid ueid) {
    return new RegistryRefusal(
        "GOLDEN", "device " + ueid + " is golden and gets no keys until it is released");
  }

  public static RegistryRefusal keyChanged(Ueid ueid) {
    return new RegistryRefusal(
        "KEY_CHANGED", "device " + ueid + " enrolled with another key meanwhile");
  }

  @Override
  public String code() {
    return code;
  }
}
