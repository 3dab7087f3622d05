// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.identity;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;

/** The inventory says no about a device. Nothing has changed. */
public final class InventoryRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  private final String code;

  private InventoryRefusal(String code, String message) {
    super(message);
    this.code = code;
  }

  static InventoryRefusal unknown(Ueid ueid) {
    return new InventoryRefusal("UNKNOWN_DEVICE", "no device is called " + ueid);
  }

  static InventoryRefusal notWelcome(Device device) {
    return new InventoryRefusal(
        "NOT_WELCOME", "device " + device.ueid() + " is " + device.state().text());
  }

  static InventoryRefusal revoked(Device device) {
    return new InventoryRefusal(
        "REVOKED", "device " + device.ueid() + " is revoked, and stays so; enrol new hardware");
  }

  static InventoryRefusal tooManyCertificates(Ueid ueid, int good) {
    return new InventoryRefusal(
        "TOO_MANY_CERTIFICATES",
        "device " + ueid + " has " + good + " certificates that are still good; renew later");
  }

  @Override
  public String code() {
    return code;
  }
}
