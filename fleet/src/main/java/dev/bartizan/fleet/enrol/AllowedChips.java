// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.fleet.enrol.AuthorityRefusal.Reason;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Chips that the operator takes in although no maker has certified them, {@code
 * ek-allowed/DIGEST.json}: each by the SHA-256 digest of its endorsement key as a
 * SubjectPublicKeyInfo, which every tool can make of a public key, and a delivery note can carry.
 *
 * <p>What is allowed is one key, and so one name. Whether it is in a chip at all is the operator's
 * word: nothing that answers the challenge for it proves more than that it holds the key.
 */
public final class AllowedChips {
  private static final String FOLDER = "ek-allowed";
  private static final String SUFFIX = ".json";
  private static final int MAX_LENGTH = 1024;

  private final SharedDirectory directory;

  public AllowedChips(SharedDirectory directory) {
    this.directory = directory;
  }

  /** One of them. */
  public record Allowed(Digest endorsementKey, Instant since) {}

  /** All of them, in the order of their digests. */
  public List<Allowed> all() throws IOException, Malformed {
    List<Allowed> all = new ArrayList<>();
    for (String name : directory.list(FOLDER, SUFFIX)) {
      all.add(read(name));
    }
    return List.copyOf(all);
  }

  /** Takes the chip with this endorsement key in from now on. */
  public void allow(Digest endorsementKey, Instant now) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          if (directory.find(file(endorsementKey), MAX_LENGTH).isPresent()) {
            throw new AuthorityRefusal(
                Reason.KNOWN_ALREADY, "allowed already: " + endorsementKey.hex());
          }
          directory.write(
              file(endorsementKey),
              StrictJson.writeIndented(
                  StrictJson.object().put("allowed_at", now.getEpochSecond())));
          return endorsementKey;
        });
  }

  /** Does not take it in any more; if it is enrolled, it stays so. */
  public void disallow(Digest endorsementKey) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          if (!directory.delete(file(endorsementKey))) {
            throw new AuthorityRefusal(
                Reason.UNKNOWN, "no chip is allowed by the digest " + endorsementKey.hex());
          }
          return endorsementKey;
        });
  }

  /**
   * Insists that this chip, which shows no certificate, is allowed.
   *
   * @return what it is allowed by
   * @throws EnrolmentRefusal with {@code NO_EK_CERTIFICATE}, which says what to allow
   */
  Digest require(TpmPublic endorsement) throws IOException, EnrolmentRefusal {
    if (EndorsementKind.find(endorsement).isEmpty()) {
      // Otherwise shades of one key would be so many names.
      throw new EnrolmentRefusal(
          EnrolmentRefusal.Reason.UNKNOWN_CHIP, "the endorsement key is of no standard kind");
    }
    Digest digest = digest(endorsement);
    if (directory.find(file(digest), MAX_LENGTH).isEmpty()) {
      throw new EnrolmentRefusal(
          EnrolmentRefusal.Reason.NO_EK_CERTIFICATE,
          "no certificate for this chip's endorsement key was shown: get it from the chip's maker"
              + " and give it with --ek-certificate FILE, or have the operator vouch for the chip:"
              + " bartizan-fleet device authorities allow "
              + digest.hex());
    }
    return digest;
  }

  private static Digest digest(TpmPublic endorsement) throws EnrolmentRefusal {
    try {
      return Digest.of(endorsement.toPublicKey().getEncoded());
    } catch (TpmRefusal notAKey) {
      throw new EnrolmentRefusal(
          EnrolmentRefusal.Reason.UNKNOWN_CHIP, "the endorsement key is no usable key", notAKey);
    }
  }

  private Allowed read(String name) throws IOException, Malformed {
    String file = FOLDER + "/" + name;
    String what = directory.path(file).toString();
    try {
      return new Allowed(
          Digest.ofHex(name.substring(0, name.length() - SUFFIX.length())),
          StrictJson.read(directory.read(file, MAX_LENGTH), MAX_LENGTH, what)
              .instant("allowed_at"));
    } catch (IllegalArgumentException notADigest) {
      throw new Malformed(what + ": is not named after a digest", notADigest);
    }
  }

  private static String file(Digest endorsementKey) {
    return FOLDER + "/" + endorsementKey.hex() + SUFFIX;
  }
}
