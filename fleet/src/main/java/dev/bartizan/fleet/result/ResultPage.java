// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.result;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.AttestationResult.Reason;
import dev.bartizan.protocol.result.Compared;
import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * One result as a page that a person reads: one file, no script, nothing fetched; light or dark as
 * the reader has it, and never by colour alone.
 */
public final class ResultPage {
  private static final String STYLE =
      ":root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--line:#767676}"
          + "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
          + "padding:0 1rem;color:var(--ink);background:var(--paper)}"
          + "table{border-collapse:collapse;width:100%;margin:1rem 0}"
          + "caption{text-align:left;font-weight:bold;padding:.5rem 0}"
          + "th,td{border:1px solid var(--line);padding:.4rem .6rem;text-align:left;"
          + "vertical-align:top;overflow-wrap:anywhere}"
          + ".verdict{border:.25rem solid var(--line);padding:1rem;font-size:1.25rem}"
          + "@media(prefers-color-scheme:dark){"
          + ":root{--ink:#f0f0f0;--paper:#121212;--line:#9a9a9a}}";

  private ResultPage() {}

  /** The page of {@code result}, as of {@code now}, in UTF-8. */
  public static byte[] of(AttestationResult result, Instant now) {
    HtmlText page = new HtmlText();
    head(page);
    page.element("h1", "Attestation result").line();
    verdict(page, result, now);
    facts(page, result);
    vector(page, result);
    reasons(page, result);
    page.tag("/main").tag("/body").tag("/html").line();
    return page.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void head(HtmlText page) {
    page.tag("html lang=\"en\"").tag("head").line().tag("meta charset=\"utf-8\"").line();
    page.tag(
            "meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '"
                + "sha256-"
                + hashOfStyle()
                + "'; base-uri 'none'; form-action 'none'\"")
        .line();
    page.tag("meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"").line();
    page.tag("meta name=\"color-scheme\" content=\"light dark\"").line();
    page.tag("meta name=\"referrer\" content=\"no-referrer\"").line();
    page.element("title", "Attestation result").style(STYLE).tag("/head").line();
    page.tag("body").tag("main").line();
  }

  /** No other style counts, and no script at all. */
  private static String hashOfStyle() {
    Digest digest = Digest.of(STYLE.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(digest.value().toArray());
  }

  private static void verdict(HtmlText page, AttestationResult result, Instant now) {
    page.tag("p class=\"verdict\"");
    if (EcsLines.isStale(result, now)) {
      page.element("strong", "Stale:")
          .text(" nobody may rely on this since " + result.expiresAt() + ". Then it was: ");
    }
    page.element("strong", ReasonWords.verdict(result.status())).tag("/p").line();
  }

  private static void facts(HtmlText page, AttestationResult result) {
    begin(page, "What this is about", "Fact", "Value");
    row(page, "Device", result.ueid().text());
    row(page, "Appraised at", result.issuedAt().toString());
    row(page, "May be relied on until", result.expiresAt().toString());
    row(page, "Nonce", result.nonce().toString());
    row(page, "Rules and reference values (SHA-256)", result.policy().hex());
    end(page);
  }

  private static void vector(HtmlText page, AttestationResult result) {
    begin(page, "What could be judged", "Element", "Value", "Tier", "In words");
    for (TrustClaim claim : TrustClaim.values()) {
      Optional<Integer> value = Optional.ofNullable(result.vector().get(claim));
      row(
          page,
          ReasonWords.element(claim),
          value.map(String::valueOf).orElse("none"),
          value.map(TrustTier::of).orElse(TrustTier.NONE).text(),
          ReasonWords.meaning(claim, value));
    }
    end(page);
  }

  private static void reasons(HtmlText page, AttestationResult result) {
    if (result.reasons().isEmpty()) {
      page.element("p", "Nothing was found that is not as it should be.").line();
      return;
    }
    begin(page, "Reasons", "Reason", "Tier", "Component", "Expected", "Found");
    for (Reason reason : result.reasons()) {
      Optional<Compared> compared = reason.compared();
      row(
          page,
          ReasonWords.of(reason.code()) + " (" + reason.code() + ")",
          reason.tier().text(),
          compared.map(Compared::component).orElse(reason.detail()),
          compared.map(Compared::expected).orElse("-"),
          compared.map(Compared::found).orElse("-"));
    }
    end(page);
  }

  private static void begin(HtmlText page, String caption, String... columns) {
    page.tag("table").element("caption", caption).line().tag("thead").tag("tr");
    for (String column : columns) {
      page.element("th scope=\"col\"", column);
    }
    page.tag("/tr").tag("/thead").tag("tbody").line();
  }

  private static void row(HtmlText page, String head, String... cells) {
    page.tag("tr").element("th scope=\"row\"", head);
    for (String cell : cells) {
      page.element("td", cell);
    }
    page.tag("/tr").line();
  }

  private static void end(HtmlText page) {
    page.tag("/tbody").tag("/table").line();
  }
}
