// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.fleet.bundle.BundleAnswer.Word;
import dev.bartizan.fleet.bundle.ReportBundleRefusal.Reason;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.trust.KeptWord;
import dev.bartizan.fleet.trust.WordIncomplete;
import dev.bartizan.fleet.verify.AppraisalPolicy;
import dev.bartizan.fleet.verify.HeldReferences;
import dev.bartizan.fleet.verify.Verifier;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Judges a bundle, from roots that the verifier gave. The order is the argument: the list of
 * members, then what the author said, then whose device it is, then the evidence, and last whether
 * all that is what was answered then.
 */
public final class BundleAppraisal {
  private static final String SERVER = "the server";

  private final GivenRoots given;

  public BundleAppraisal(GivenRoots given) {
    this.given = given;
  }

  /**
   * @param file the bundle's name, for messages
   * @param at as of when; without one, as of the time the server gives
   * @throws Refusal when something is missing, altered, or signed by somebody else
   */
  public BundleAnswer judge(ReportBundle bundle, String file, Optional<Instant> at)
      throws Refusal, IOException {
    BundleManifest manifest = bundle.accept(given.results(), file);
    Instant then = at.orElse(manifest.appraisedAt());
    List<AttestationResult.Reason> caveats = new ArrayList<>();
    List<Word> words = new ArrayList<>();
    AppraisalPolicy policy = policy(author(bundle, manifest, file, then), then, caveats, words);
    Device device = device(bundle, manifest, file, words);
    ChipWord.judge(device, given.makers(), caveats, words);
    Evidence evidence = evidence(bundle, file);
    AttestationResult recorded = recorded(bundle, manifest, file, words);
    AttestationResult ofItsDay =
        appraise(evidence, device, policy, manifest, manifest.appraisedAt());
    boolean isAsGiven = leadsTo(ofItsDay, recorded);
    if (!isAsGiven) {
      caveats.add(differs(recorded, ofItsDay));
    } else if (recorded.status() != ofItsDay.status()) {
      // The server knew more, such as that its reference values were old.
      caveats.add(worse(recorded));
    }
    words.add(new Word("time and nonce", SERVER, "appraised at " + manifest.appraisedAt()));
    AttestationResult result = appraise(evidence, device, policy.with(caveats), manifest, then);
    return new BundleAnswer(result, recorded, then, isAsGiven, words);
  }

  private KeptWord.Verified author(
      ReportBundle bundle, BundleManifest manifest, String file, Instant then)
      throws Refusal, IOException {
    KeptWord kept =
        new KeptWord(
            manifest.authorRoot(),
            bundle.below(ReportBundle.METADATA),
            bundle.below(ReportBundle.DOCUMENTS));
    try {
      return kept.verify(given.author(), then);
    } catch (WordIncomplete incomplete) {
      throw new ReportBundleRefusal(
          Reason.MEMBER_MISSING, file, incomplete.part(), incomplete.getMessage(), incomplete);
    } catch (TufRefusal refused) {
      String why = refused.getMessage() + ", from the author's root of " + given.place();
      throw new ReportBundleRefusal(
          Reason.MEMBER_NOT_BELIEVED, file, member(refused.role()), why, refused);
    } catch (Malformed wrong) {
      throw new ReportBundleRefusal(
          Reason.MEMBER_NOT_BELIEVED, file, KeptWord.DOCUMENTS, wrong.getMessage(), wrong);
    }
  }

  /** Of a role, or of a target whose path has a folder. */
  private static String member(String subject) {
    return subject.contains("/")
        ? KeptWord.DOCUMENTS + subject
        : KeptWord.METADATA + subject + ".json";
  }

  private static Evidence evidence(ReportBundle bundle, String file) throws ReportBundleRefusal {
    try {
      return Evidence.read(bundle.get(ReportBundle.EVIDENCE, file).toArray());
    } catch (Malformed wrong) {
      throw new ReportBundleRefusal(
          Reason.BUNDLE_MALFORMED, file, ReportBundle.EVIDENCE, wrong.getMessage(), wrong);
    }
  }

  private static AppraisalPolicy policy(
      KeptWord.Verified author,
      Instant then,
      List<AttestationResult.Reason> caveats,
      List<Word> words)
      throws Refusal, IOException {
    words.add(
        new Word(
            "reference values, releases and policy",
            "the author",
            "signed by his roles, from the root that was given; versions " + author.versions()));
    author
        .expired()
        .ifPresent(
            expired ->
                caveats.add(
                    new AttestationResult.Reason(
                        TrustTier.WARNING,
                        "REFERENCES_EXPIRED",
                        "the author's metadata: " + expired.getMessage())));
    HeldReferences references = new HeldReferences();
    author.word().fill(references, then);
    return references.current();
  }

  private Device device(ReportBundle bundle, BundleManifest manifest, String file, List<Word> words)
      throws Refusal {
    byte[] json = bundle.get(ReportBundle.DEVICE, file).toArray();
    Device device = Device.read(json, file + ", member " + ReportBundle.DEVICE);
    requireAbout(ReportBundle.DEVICE, device.ueid(), manifest, file);
    requireAuthority(bundle, file);
    requireIssued(device.identity(), file);
    requireIssued(device.unwrap(), file);
    words.add(
        new Word(
            "the device's key of identity",
            "the authority of devices",
            "certificate of " + device.identity().getNotBefore().toInstant()));
    words.add(
        new Word(
            "the device's standing and its attestation key",
            SERVER,
            device.state().text() + ", enrolled " + device.enrolledAt()));
    return device;
  }

  /** By the authority that was given; the one that travels along must be the same. */
  private void requireAuthority(ReportBundle bundle, String file) throws ReportBundleRefusal {
    Bytes own = Bytes.of(Pem.der(given.devices()));
    if (!bundle.get(ReportBundle.AUTHORITY, file).equals(own)) {
      throw new ReportBundleRefusal(
          Reason.MEMBER_NOT_BELIEVED,
          file,
          ReportBundle.AUTHORITY,
          "is not the authority that was given in " + given.place());
    }
  }

  private void requireIssued(X509Certificate certificate, String file) throws ReportBundleRefusal {
    try {
      certificate.verify(given.devices().getPublicKey());
    } catch (GeneralSecurityException anothers) {
      throw new ReportBundleRefusal(
          Reason.MEMBER_NOT_BELIEVED,
          file,
          ReportBundle.DEVICE,
          "a certificate was not issued by the authority that was given",
          anothers);
    }
  }

  private AttestationResult recorded(
      ReportBundle bundle, BundleManifest manifest, String file, List<Word> words)
      throws ReportBundleRefusal {
    byte[] jwt = bundle.get(ReportBundle.RESULT, file).toArray();
    try {
      AttestationResult result =
          AttestationResult.accept(new String(jwt, StandardCharsets.US_ASCII), given.results());
      requireAbout(ReportBundle.RESULT, result.ueid(), manifest, file);
      if (!result.nonce().equals(manifest.nonce())
          || !result.issuedAt().equals(manifest.appraisedAt())) {
        throw new ReportBundleRefusal(
            Reason.MEMBER_NOT_BELIEVED,
            file,
            ReportBundle.RESULT,
            "is of another nonce or another time than the bundle");
      }
      words.add(
          new Word("the result of then", SERVER, result.status().text() + " " + result.issuedAt()));
      return result;
    } catch (BadSignature | Malformed foreign) {
      throw new ReportBundleRefusal(
          Reason.MEMBER_NOT_BELIEVED,
          file,
          ReportBundle.RESULT,
          String.valueOf(foreign.getMessage()),
          foreign);
    }
  }

  private static void requireAbout(String member, Ueid ueid, BundleManifest manifest, String file)
      throws ReportBundleRefusal {
    if (!ueid.equals(manifest.ueid())) {
      throw new ReportBundleRefusal(
          Reason.MEMBER_NOT_BELIEVED,
          file,
          member,
          "expected device " + manifest.ueid() + ", found " + ueid);
    }
  }

  private static AttestationResult appraise(
      Evidence evidence,
      Device device,
      AppraisalPolicy policy,
      BundleManifest manifest,
      Instant when)
      throws Refusal, IOException {
    Verifier verifier =
        new Verifier(ueid -> Optional.of(device).filter(it -> it.ueid().equals(ueid)), policy);
    return verifier.appraise(evidence, manifest.nonce(), when).result();
  }

  private static boolean leadsTo(AttestationResult found, AttestationResult recorded) {
    return found.ueid().equals(recorded.ueid())
        && found.vector().equals(recorded.vector())
        && found.policy().equals(recorded.policy())
        && found.status().compareTo(recorded.status()) <= 0;
  }

  private static AttestationResult.Reason worse(AttestationResult recorded) {
    return new AttestationResult.Reason(
        recorded.status(),
        "GIVEN_WORSE",
        "the server answered "
            + recorded.status().text()
            + " then: "
            + recorded.reasons().stream()
                .map(AttestationResult.Reason::code)
                .collect(Collectors.joining(", ")));
  }

  private static AttestationResult.Reason differs(
      AttestationResult recorded, AttestationResult found) {
    return new AttestationResult.Reason(
        TrustTier.CONTRAINDICATED,
        "RESULT_DIFFERS",
        "expected "
            + recorded.status().text()
            + " by policy "
            + recorded.policy()
            + ", found "
            + found.status().text()
            + " by "
            + found.policy());
  }
}
