// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.updater.disk.DocumentFormat;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One device of the fleet, as its file in {@code devices/} has it.
 *
 * @param state whether it is trusted now
 * @param profile its kind of hardware: which reference values apply
 * @param groups it obeys commands to
 * @param enrolledAt in whole seconds
 * @param keystore what holds its keys: proved of a chip, the device's own word without one
 * @param chip the chip it proved to be in, for a TPM
 * @param identity its current TLS certificate
 * @param unwrap the certificate content keys are wrapped to
 * @param lastBoot the latest counts its TPM has signed to us with this attestation key
 * @param golden whether it is there so that reference values can be learned from it: it lives on
 *     before they exist, and gets no content keys
 */
public record Device(
    Ueid ueid,
    State state,
    String profile,
    Set<String> groups,
    Instant enrolledAt,
    Protection.Kind keystore,
    Optional<Chip> chip,
    X509Certificate identity,
    X509Certificate unwrap,
    Optional<BootCounts> lastBoot,
    boolean golden) {
  /**
   * A TPM that proved itself.
   *
   * @param attestationKey TPMT_PUBLIC
   */
  public record Chip(Endorsement endorsement, Bytes attestationKey, Optional<KnownModel> model) {
    /** One of which nobody said what it is. */
    public Chip(Endorsement endorsement, Bytes attestationKey) {
      this(endorsement, attestationKey, Optional.empty());
    }

    /** Whether nobody but the operator has vouched for it. */
    public boolean isWithoutCertificate() {
      return endorsement.by() == Endorsement.By.OPERATOR;
    }
  }

  /** Whether a device is trusted. */
  public enum State {
    ENROLLED,
    /** Not trusted for now; {@code device release} brings it back. */
    QUARANTINED,
    /** Never trusted again. */
    REVOKED,
    /** Never trusted again: it has erased itself, and said so. */
    DECOMMISSIONED;

    /** {@code enrolled}, as files and reports write it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing leads back from it. */
    public boolean isFinal() {
      return this == REVOKED || this == DECOMMISSIONED;
    }
  }

  /**
   * How often the TPM was reset, and restarted since; both are 32 bits wide. A TPM adds a constant
   * of its own to each when a key of the owner signs them, so they may wrap: only what is later
   * than what is known.
   */
  public record BootCounts(long resets, long restarts) {
    /** Whether a TPM that was at {@code other} cannot be here any more. */
    public boolean isBefore(BootCounts other) {
      int resetsSince = (int) (resets - other.resets);
      int restartsSince = (int) (restarts - other.restarts);
      return resetsSince < 0 || (resetsSince == 0 && restartsSince < 0);
    }
  }

  /** What every attestation result says of a chip that its maker has not certified. */
  public static final String NO_EK_CERTIFICATE = "NO_EK_CERTIFICATE";

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-device", 1);

  /** Of its file. */
  static final int MAX_LENGTH = 64 * 1024;

  private static final int MAX_TEXT = 100;
  private static final int MAX_PEM = 16 * 1024;
  private static final int MAX_PUBLIC = 1024;
  private static final int MAX_GROUPS = 64;

  public Device {
    groups = Set.copyOf(groups);
    if (keystore.attests() != chip.isPresent()) {
      throw new IllegalArgumentException("a TPM comes with its chip, and nothing else does");
    }
  }

  /** Whether it gets content keys. */
  public boolean getsKeys() {
    return state == State.ENROLLED && !golden;
  }

  /** This device, newly enrolled, in the groups and with the profile it had. */
  public Device keepingPlaceOf(Device before) {
    return copy(state, before.profile, before.groups, identity, lastBoot, golden);
  }

  /** Who is released is one like most. */
  public Device with(State newState) {
    boolean stays = golden && newState != State.ENROLLED;
    return copy(newState, profile, groups, identity, lastBoot, stays);
  }

  /** This device after a boot with these counts. */
  public Device with(BootCounts newer) {
    return copy(state, profile, groups, identity, Optional.of(newer), golden);
  }

  /** This device with its next certificate. */
  public Device with(X509Certificate newer) {
    return copy(state, profile, groups, newer, lastBoot, golden);
  }

  private Device copy(
      State newState,
      String newProfile,
      Set<String> newGroups,
      X509Certificate newIdentity,
      Optional<BootCounts> newBoot,
      boolean isGolden) {
    return new Device(
        ueid,
        newState,
        newProfile,
        newGroups,
        enrolledAt,
        keystore,
        chip,
        newIdentity,
        unwrap,
        newBoot,
        isGolden);
  }

  /** The document of its file, and of {@code device show --json}. */
  public ObjectNode toJson() {
    ObjectNode document = FORMAT.begin();
    document.put("ueid", ueid.text()).put("state", state.text()).put("profile", profile);
    ArrayNode names = document.putArray("groups");
    new TreeSet<>(groups).forEach(names::add);
    document.put("enrolled_at", enrolledAt.getEpochSecond());
    document.put("keystore", keystore.text());
    chip.ifPresent(
        proved -> {
          proved.endorsement().write(document);
          document.put("ak_public", Base64Url.encode(proved.attestationKey()));
        });
    chip.flatMap(Chip::model).ifPresent(model -> model.write(document));
    document.put("identity_certificate", Pem.ofCertificates(List.of(identity)));
    document.put("unwrap_certificate", Pem.ofCertificates(List.of(unwrap)));
    if (golden) {
      document.put("golden", true);
    }
    lastBoot.ifPresent(
        boot -> document.put("reset_count", boot.resets()).put("restart_count", boot.restarts()));
    return document;
  }

  /** Reads what {@link #toJson} wrote. */
  public static Device read(byte[] json, String what) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    FORMAT.require(document, what);
    return new Device(
        ueid(document.text("ueid", MAX_TEXT), what),
        state(document.text("state", MAX_TEXT), what),
        document.text("profile", MAX_TEXT),
        Set.copyOf(document.texts("groups", MAX_GROUPS, MAX_TEXT)),
        document.instant("enrolled_at"),
        keystore(document, what),
        chip(document, what),
        certificate(document, "identity_certificate", what),
        certificate(document, "unwrap_certificate", what),
        document.has("reset_count")
            ? Optional.of(
                new BootCounts(document.number("reset_count"), document.number("restart_count")))
            : Optional.empty(),
        document.has("golden") && document.flag("golden"));
  }

  /** Files of before there were other kinds do not name it. */
  private static Protection.Kind keystore(JsonFields document, String what) throws Malformed {
    String text = document.findText("keystore", MAX_TEXT).orElse(Protection.Kind.TPM2.text());
    return Protection.Kind.find(text)
        .orElseThrow(() -> new Malformed(what + ".keystore is none we know"));
  }

  private static Optional<Chip> chip(JsonFields document, String what) throws Malformed {
    if (!keystore(document, what).attests()) {
      return Optional.empty();
    }
    return Optional.of(
        new Chip(
            Endorsement.read(document, what),
            document.base64url("ak_public", MAX_PUBLIC),
            KnownModel.find(document, what)));
  }

  private static Ueid ueid(String text, String what) throws Malformed {
    try {
      return Ueid.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw new Malformed(what + ".ueid: " + wrong.getMessage(), wrong);
    }
  }

  private static State state(String text, String what) throws Malformed {
    for (State state : State.values()) {
      if (state.text().equals(text)) {
        return state;
      }
    }
    throw new Malformed(what + ".state is none we know");
  }

  private static X509Certificate certificate(JsonFields document, String name, String what)
      throws Malformed {
    return Pem.certificates(document.lines(name, MAX_PEM), what + "." + name).get(0);
  }
}
