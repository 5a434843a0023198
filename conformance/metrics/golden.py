"""Golden values of classification metrics, from scikit-learn and scipy (conformance/requirements.txt).

usage: golden.py OUT.json

Inputs are whole numbers with a `scale`, so that both sides read the very same floats; NaN and infinity are strings.
Where scikit-learn has no such function (top-label calibration error, mid-p, Jurman's MCC, the root of the temperature's derivative),
the reference is written out here, from the definition and in other terms than the package's.
"""

import json
import sys
import warnings

import numpy as np
import scipy
import sklearn
from scipy import optimize, special, stats
from sklearn import metrics as skm
from sklearn.calibration import _TemperatureScaling, calibration_curve
from sklearn.preprocessing import label_binarize

warnings.simplefilter("ignore")

inputs, cases = {}, []


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (float, np.floating)):
        value = float(value)
        if np.isnan(value):
            return "NaN"
        if np.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value.item() if isinstance(value, np.generic) else value


def give(name, **arrays):
    """Stores an input and returns it as numpy arrays, scaled."""
    inputs[name] = {key: plain(value) for key, value in arrays.items()}
    out = dict(arrays)
    for key in ("yTrue", "yPred"):
        if key in out:
            out[key] = np.asarray(out[key])
    for key in ("scores", "weights"):
        if key in out:
            out[key] = np.asarray(out[key]) / out.get(key + "Scale", 1)
    if out.get("float32"):
        out["scores"] = out["scores"].astype(np.float32)
    if "scores" in out and out.get("columns", 1) > 1:
        out["scores"] = out["scores"].reshape(-1, out["columns"])
    return out


def case(fn, name, expected, options=None, tolerance=None):
    entry = {"fn": fn, "input": name, "expected": plain(expected)}
    if options:
        entry["options"] = plain(options)
    if tolerance:
        entry["tolerance"] = tolerance
    cases.append(entry)


def averaged(true, pred, labels, average, **options):
    p, r, f, _ = skm.precision_recall_fscore_support(true, pred, labels=labels, average=average, **options)
    return {"precision": p, "recall": r, "fscore": f}


# ---- scores of the confusion matrix


def confusion_cases(name, d, full):
    true, pred, k, w = d["yTrue"], d["yPred"], d["classes"], d.get("weights")
    labels = np.arange(k)
    shared = {"labels": labels, "sample_weight": w}
    case("confusionMatrix", name, skm.confusion_matrix(true, pred, **shared).ravel())
    for over in ("true", "pred", "all") if full else ("true",):
        case("normalizeConfusion", name, skm.confusion_matrix(true, pred, normalize=over, **shared).ravel(), {"over": over})
    case("accuracyScore", name, skm.accuracy_score(true, pred, sample_weight=w))
    for adjusted in (False, True):
        score = skm.balanced_accuracy_score(true, pred, sample_weight=w, adjusted=adjusted)
        case("balancedAccuracyScore", name, score, {"adjusted": adjusted})
    for weights in (None, "linear", "quadratic"):
        score = skm.cohen_kappa_score(true, pred, weights=weights, **shared)
        case("cohenKappaScore", name, score, {"weighting": weights or "none"})
    case("matthewsCorrcoef", name, skm.matthews_corrcoef(true, pred, sample_weight=w))
    case("matthewsCorrcoef", name, jurman(true, pred, k, w))
    for average in ("micro", "macro", "weighted"):
        case("f1Score", name, skm.f1_score(true, pred, average=average, **shared), {"average": average})
    for zero in (0, 1, np.nan):
        options = {"zero_division": zero, **shared}
        p, r, f, s = skm.precision_recall_fscore_support(true, pred, **options)
        each = {"precision": p, "recall": r, "fscore": f, "support": s}
        case("precisionRecallFscore", name, each, {"average": "none", "zeroDivision": zero})
        for average in ("micro", "macro", "weighted") if full else ("macro",):
            expected = averaged(true, pred, labels, average, sample_weight=w, zero_division=zero)
            case("precisionRecallFscore", name, expected, {"average": average, "zeroDivision": zero})
    if not full:
        return
    for beta in (0, 0.5, 2, np.inf):
        expected = averaged(true, pred, labels, "macro", sample_weight=w, beta=beta)
        case("precisionRecallFscore", name, expected, {"average": "macro", "beta": beta})
    if k > 2:
        subset = [k - 1, 0]
        for average in ("micro", "macro", "weighted"):
            expected = averaged(true, pred, subset, average, sample_weight=w)
            case("precisionRecallFscore", name, expected, {"average": average, "labels": subset})
    occurring = np.union1d(true, pred)
    expected = averaged(true, pred, occurring, "macro", sample_weight=w)
    case("precisionRecallFscore", name, expected, {"average": "macro", "absent": "drop"})


def jurman(true, pred, k, w):
    """MCC as a correlation of indicator matrices (Jurman et al. 2012), 0 where it is 0 / 0."""
    x, y = np.eye(k)[pred], np.eye(k)[true]
    w = np.ones(len(true)) if w is None else w

    def covariance(a, b):
        return sum(np.cov(a[:, j], b[:, j], aweights=w, bias=True)[0, 1] for j in range(k))

    product = covariance(x, x) * covariance(y, y)
    return 0.0 if abs(product) < 1e-30 else covariance(x, y) / np.sqrt(product)


def report_case(name, d, names=None, labels=None, digits=2, zero=0):
    text = skm.classification_report(
        d["yTrue"], d["yPred"], labels=np.arange(d["classes"]) if labels is None else labels,
        target_names=names, digits=digits, zero_division=zero,
    )
    options = {"digits": digits, "zeroDivision": zero}
    if names:
        options["names"] = names
    if labels:
        options["labels"] = labels
    case("formatReport", name, text, options)


# ---- scores of probabilities


def probability_cases(name, d, full=True):
    true, p, k, w = d["yTrue"], d["scores"], d["classes"], d.get("weights")
    labels = np.arange(k)
    # In float32 scikit-learn's arithmetic is float32 too; the package's is float64 with the same clipping.
    tolerance = 2e-6 if d.get("float32") else None
    shared = {"labels": labels, "sample_weight": w}
    case("logLoss", name, skm.log_loss(true, p, **shared), None, tolerance)
    case("d2LogLossScore", name, skm.d2_log_loss_score(true, p, **shared), None, tolerance and 4e-6)
    eps = np.finfo(p.dtype).eps
    own = np.clip(p, eps, 1 - eps).astype(np.float64)[np.arange(len(true)), true]
    case("logLoss", name, np.average(-np.log(own), weights=w))
    for half in ("auto", True, False):
        score = skm.brier_score_loss(true, p, scale_by_half=half, **shared)
        case("brierScore", name, score, {"scaleByHalf": half}, tolerance)
    if k > 2:
        for top in range(1, k + 1 if full else 2):
            score = skm.top_k_accuracy_score(true, p, k=top, labels=labels, sample_weight=w)
            case("topKAccuracy", name, score, {"k": top})
            rank = np.array([list(np.argsort(-row, kind="stable")).index(t) for row, t in zip(p, true)])
            case("topKAccuracy", name, np.average(rank < top, weights=w), {"k": top, "ties": "lowest"})
    case("predictedClasses", name, np.argmax(p, axis=1))
    if w is None and not d.get("float32"):
        for bins in (15, 10) if full else (15,):
            for edges in ("right-inclusive", "left-inclusive"):
                mean, worst = calibration_error(true, p, bins, edges)
                case("expectedCalibrationError", name, mean, {"bins": bins, "edges": edges})
                case("expectedCalibrationError", name, worst, {"bins": bins, "edges": edges, "norm": "max"})


def calibration_error(true, p, bins, edges):
    """Guo et al.'s loop over bins (lower, upper]; torchmetrics 1.9's bucketize(right=True) - 1 with bins + 1 bins."""
    confidence, right = p.max(axis=1), p.argmax(axis=1) == true
    bounds = np.linspace(0, 1, bins + 1)
    if edges == "right-inclusive":
        members = [(confidence > low) & (confidence <= high) for low, high in zip(bounds[:-1], bounds[1:])]
    else:
        members = [(confidence >= low) & (confidence < high) for low, high in zip(bounds, [*bounds[1:], np.inf])]
    gaps = [(m.mean(), abs(right[m].mean() - confidence[m].mean())) for m in members if m.any()]
    return sum(share * gap for share, gap in gaps), max(gap for _, gap in gaps)


# ---- rankings


def ranking_cases(name, d):
    true, s, k, w = d["yTrue"], d["scores"], d["classes"], d.get("weights")
    labels = np.arange(k)
    binary = label_binarize(true, classes=labels) if k > 2 else np.eye(2, dtype=int)[true]

    def area(c):
        return skm.roc_auc_score(binary[:, c], s[:, c], sample_weight=w)

    case("rocAucPerClass", name, [area(c) for c in labels])
    case("averagePrecisionPerClass", name, skm.average_precision_score(binary, s, average=None, sample_weight=w))
    for average in ("macro", "weighted", "micro"):
        score = skm.average_precision_score(binary, s, average=average, sample_weight=w)
        case("averagePrecisionScore", name, score, {"average": average})
        if k > 2:
            score = skm.roc_auc_score(true, s, multi_class="ovr", average=average, labels=labels, sample_weight=w)
            case("rocAucScore", name, score, {"multiClass": "ovr", "average": average})
            if average != "micro" and w is None:
                score = skm.roc_auc_score(true, s, multi_class="ovo", average=average, labels=labels)
                case("rocAucScore", name, score, {"multiClass": "ovo", "average": average})


def curve_cases(name, d):
    true, s, w = d["yTrue"], d["scores"], d.get("weights")
    for drop in (True, False):
        fpr, tpr, thresholds = skm.roc_curve(true, s, pos_label=1, sample_weight=w, drop_intermediate=drop)
        expected = {"falsePositiveRate": fpr, "truePositiveRate": tpr, "thresholds": thresholds}
        case("rocCurve", name, expected, {"dropIntermediate": drop})
        p, r, thresholds = skm.precision_recall_curve(true, s, pos_label=1, sample_weight=w, drop_intermediate=drop)
        expected = {"precision": p, "recall": r, "thresholds": thresholds}
        case("precisionRecallCurve", name, expected, {"dropIntermediate": drop})
    case("rocAucScore", name, skm.roc_auc_score(true, s, sample_weight=w))
    case("averagePrecisionScore", name, skm.average_precision_score(true, s, sample_weight=w))
    if w is None and s.min() >= 0 and s.max() <= 1:
        for strategy in ("uniform", "quantile"):
            for bins in (5, 10):
                share, mean = calibration_curve(true, s, n_bins=bins, strategy=strategy, pos_label=1)
                case("calibrationCurve", name, {"probTrue": share, "probPred": mean}, {"bins": bins, "strategy": strategy})


def temperature_cases(name, d):
    logits, true = d["scores"], d["yTrue"]

    def loss(u):
        z = np.exp(u) * logits
        return np.mean(special.logsumexp(z, axis=1) - z[np.arange(len(true)), true])

    def slope(u):
        p = special.softmax(np.exp(u) * logits, axis=1)
        return np.mean((p * logits).sum(axis=1) - logits[np.arange(len(true)), true])

    # Where the loss has no minimum inside the range, scikit-learn stops wherever it is flat.
    if not slope(-10) < 0 < slope(10):
        case("fitTemperature", name, {"atLimit": True, "lossBefore": loss(0.0)})
        return
    beta = float(_TemperatureScaling().fit(logits, true).beta_)
    # scikit-learn minimizes the loss itself, so its place is known to about the square root of machine precision.
    case("fitTemperature", name, {"temperature": 1 / beta, "lossBefore": loss(0.0), "lossAfter": loss(np.log(beta))}, None, 1e-6)
    root = optimize.brentq(slope, -10, 10, xtol=1e-15, rtol=1e-15)
    case("fitTemperature", name, {"temperature": np.exp(-root), "lossAfter": loss(root), "atLimit": False}, None, 1e-10)
    case("applyTemperature", name, special.softmax(logits / 1.5, axis=1).ravel(), {"temperature": 1.5})


# ---- known situations


def labels_of(counts):
    """(true, predicted) labels of a confusion table."""
    pairs = [(t, p) for t, row in enumerate(counts) for p, n in enumerate(row) for _ in range(n)]
    return [t for t, _ in pairs], [p for _, p in pairs]


def known_confusions():
    poesio = [
        ("poesio-binary", [0] * 40 + [1] * 60, [0] * 20 + [1] * 20 + [0] * 10 + [1] * 50, 2, 0.348, None),
        ("poesio-three", [0] * 46 + [1] * 44 + [2] * 10, [0] * 52 + [1] * 32 + [2] * 16, 3, 0.8013, None),
        ("poesio-weighted", [0] * 46 + [1] * 44 + [2] * 10, [0] * 50 + [1] * 40 + [2] * 10, 3, 0.9315, None),
    ]
    for name, a, b, k, kappa, weights in poesio:
        d = give(name, classes=k, yTrue=a, yPred=b)
        assert abs(skm.cohen_kappa_score(a, b, weights=weights) - kappa) < 1e-3, name
        confusion_cases(name, d, True)
    a, b = inputs["poesio-weighted"]["yTrue"], inputs["poesio-weighted"]["yPred"]
    assert abs(skm.cohen_kappa_score(a, b, weights="linear") - 0.9412) < 1e-4
    assert abs(skm.cohen_kappa_score(a, b, weights="quadratic") - 0.9541) < 1e-4
    situations = {
        # a class never predicted; one never true; one that occurs nowhere; a constant answer; one shared label; perfection; all wrong
        "never-predicted": [[5, 1, 0], [2, 3, 0], [1, 1, 0]],
        "never-true": [[4, 1, 2], [1, 6, 1], [0, 0, 0]],
        "occurs-nowhere": [[3, 1, 0, 0], [2, 4, 0, 1], [0, 0, 0, 0], [0, 1, 0, 2]],
        "majority-answer": [[0, 3, 0], [0, 9, 0], [0, 2, 0]],
        "one-label": [[7, 0, 0], [0, 0, 0], [0, 0, 0]],
        "one-true-label": [[4, 2, 1], [0, 0, 0], [0, 0, 0]],
        "perfect": [[3, 0, 0], [0, 4, 0], [0, 0, 5]],
        "all-wrong": [[0, 3, 0], [0, 0, 4], [5, 0, 0]],
        "one-sample": [[0, 1], [0, 0]],
        "cassava-majority": [[0, 0, 0, 11, 0], [0, 0, 0, 22, 0], [0, 0, 0, 24, 0], [0, 0, 0, 132, 0], [0, 0, 0, 26, 0]],
    }
    for name, counts in situations.items():
        true, pred = labels_of(counts)
        confusion_cases(name, give(name, classes=len(counts), yTrue=true, yPred=pred), len(true) < 100)


def known_reports():
    true, pred = labels_of([[1, 1, 2, 0], [0, 3, 5, 0], [2, 1, 9, 0], [0, 0, 0, 0]])
    d = give("report", classes=4, yTrue=true, yPred=pred)
    unicode = ["blå\u00a2", "grün\u00a2", "röd", "\U0001f343 blad"]
    long = ["Cassava Bacterial Blight (CBB)", "CBSD", "CGM", "healthy"]
    for zero in (0, 1, np.nan):
        report_case("report", d, zero=zero)
        report_case("report", d, names=unicode, zero=zero)
    for digits in (0, 1, 3, 5, 14):
        report_case("report", d, names=long, digits=digits)
    report_case("report", d, labels=[0, 1], names=["zero", "one"])
    report_case("report", d, labels=[2, 1], digits=4)
    report_case("report", d, labels=[2, 1, 0])
    report_case("report", d, labels=[2, 3], zero=np.nan)
    # 1/8 and 3/8 are exact ties at two digits: Python rounds them to the even digit.
    true, pred = labels_of([[1, 7], [5, 3]])
    report_case("ties", give("ties", classes=2, yTrue=true, yPred=pred))


def known_probabilities():
    sure = give("zero-and-one", classes=3, columns=3, yTrue=[0, 1, 2, 2], scores=[1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1])
    probability_cases("zero-and-one", sure)
    sure = give("zero-and-one-32", classes=3, columns=3, yTrue=[0, 1, 2, 2], float32=True, scores=inputs["zero-and-one"]["scores"])
    probability_cases("zero-and-one-32", sure)
    assert abs(skm.log_loss([1, 0], [[1.0, 0.0], [0.0, 1.0]]) - 36.04) < 0.01
    assert abs(skm.log_loss([1, 0], np.array([[1, 0], [0, 1]], dtype=np.float32)) - 15.94) < 0.01
    costs = give("p-zero", classes=2, columns=2, yTrue=[1, 0], scores=[1, 0, 0, 1])
    probability_cases("p-zero", costs)
    costs = give("p-zero-32", classes=2, columns=2, yTrue=[1, 0], scores=[1, 0, 0, 1], float32=True)
    probability_cases("p-zero-32", costs)
    # one label of three; a single sample; ties in every row
    probability_cases("one-label-p", give("one-label-p", classes=3, columns=3, yTrue=[1, 1, 1], scores=[2, 5, 3, 3, 3, 4, 0, 10, 0], scoresScale=10))
    probability_cases("one-sample-p", give("one-sample-p", classes=3, columns=3, yTrue=[1], scores=[2, 5, 3], scoresScale=10))
    tied = [4, 4, 2, 2, 4, 4, 3, 3, 4, 4, 2, 4, 4, 2, 4, 2, 4, 4, 5, 5, 0, 0, 5, 5]
    probability_cases("tied-p", give("tied-p", classes=3, columns=3, yTrue=[0, 1, 2, 0, 1, 2, 1, 0], scores=tied, scoresScale=10))
    # confidences on the edges of 10 and 15 bins, and of exactly 1
    edges = [(9, 21), (21, 9), (24, 6), (30, 0), (18, 12), (15, 15), (27, 3), (20, 10), (30, 0), (6, 24), (2, 28), (28, 2)]
    flat = [x for pair in edges for x in pair]
    probability_cases("edges-p", give("edges-p", classes=2, columns=2, yTrue=[0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0], scores=flat, scoresScale=30))


def known_curves():
    curves = {
        "four": ([0, 0, 1, 1], [10, 40, 35, 80], 100),
        "all-tied": ([0, 1, 0, 1, 1], [5, 5, 5, 5, 5], 10),
        "no-negative": ([1, 1, 1], [2, 5, 9], 10),
        "no-positive": ([0, 0, 0], [2, 5, 9], 10),
        "one-point": ([1], [5], 10),
        "perfect-curve": ([0, 0, 0, 1, 1, 1], [1, 2, 3, 7, 8, 9], 10),
        "reversed": ([1, 1, 1, 0, 0, 0], [1, 2, 3, 7, 8, 9], 10),
        "negative-scores": ([0, 1, 1, 0, 1], [-30, 20, 5, 5, -10], 10),
        "edge-probabilities": ([0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 10),
    }
    for name, (true, scores, scale) in curves.items():
        curve_cases(name, give(name, classes=1, yTrue=true, scores=scores, scoresScale=scale))
    # Quantiles that meet a sample only as numpy's interpolation rounds them.
    scores = [209, 325, 355, 356, 439, 607, 798]
    d = give("quantile-rounding", classes=1, yTrue=[0, 1, 0, 0, 1, 1, 0], scores=scores, scoresScale=1000)
    for bins in range(2, 16):
        share, mean = calibration_curve(d["yTrue"], d["scores"], n_bins=bins, strategy="quantile", pos_label=1)
        case("calibrationCurve", "quantile-rounding", {"probTrue": share, "probPred": mean}, {"bins": bins, "strategy": "quantile"})


def known_rankings():
    absent = give("absent-ranking", classes=3, columns=3, yTrue=[0, 2, 0, 2, 2, 0], scoresScale=10,
                  scores=[6, 1, 3, 2, 3, 5, 3, 3, 4, 1, 2, 7, 5, 1, 4, 8, 1, 1])
    ranking_cases("absent-ranking", absent)
    # scikit-learn's own documentation of Hand & Till
    pairs = give("hand-till", classes=3, columns=3, yTrue=[0, 1, 0, 2], scoresScale=100,
                 scores=[10, 80, 10, 30, 40, 30, 35, 50, 15, 0, 20, 80])
    ranking_cases("hand-till", pairs)


# ---- counts


def count_cases():
    for counts in ([1087, 2189, 2386, 13158, 2577], [1, 0, 0], [3, 3, 3, 3], [5], [2, 0.5, 7]):
        name = f"counts-{len(inputs)}"
        give(name, counts=counts)
        case("labelEntropy", name, stats.entropy(counts))
        case("majorityShare", name, max(counts) / sum(counts))
    give("none")
    for successes, n in ((0, 10), (10, 10), (1, 3), (269, 320), (13158, 21397), (1, 2000)):
        for confidence in (0.5, 0.9, 0.95, 0.99, 0.999999, 0.999999999999):
            ci = stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
            expected = {"estimate": successes / n, "low": ci.low, "high": ci.high}
            # Beyond six nines 1 - confidence itself keeps few digits: the quantile is only as sharp as its argument.
            case("wilsonInterval", "none", expected, {"successes": successes, "n": n, "confidence": confidence},
                 1e-5 if confidence > 0.9999999 else 1e-10 if confidence > 0.999 else None)
    for both, only_a, only_b, neither in ((10, 3, 3, 1), (40, 9, 2, 5), (0, 1, 0, 0), (5, 0, 0, 2), (50, 12, 30, 8), (100, 900, 1000, 3), (3, 11000, 10000, 5), (3, 0, 1200, 5)):
        smaller, trials = min(only_a, only_b), only_a + only_b
        exact = stats.binomtest(only_a, trials).pvalue if trials else 1.0
        mass = stats.binom.pmf(smaller, trials, 0.5)
        mid = 1 - mass / 2 if only_a == only_b else 2 * stats.binom.cdf(smaller, trials, 0.5) - mass
        case("mcnemarTest", "none", {"pValue": exact, "midP": mid, "difference": (only_a - only_b) / (both + trials + neither)},
             {"bothCorrect": both, "onlyA": only_a, "onlyB": only_b, "bothWrong": neither}, 1e-10)


# ---- random ones


def random_cases():
    rng = np.random.default_rng(20240601)
    for i in range(14):
        k = int(rng.integers(2, 8))
        n = int(rng.integers(8, 60))
        true = rng.choice(k, size=n, p=rng.dirichlet(np.full(k, 0.7)))
        pred = np.where(rng.random(n) < 0.6, true, rng.integers(0, k, size=n))
        weighted = {"weights": rng.integers(0, 9, size=n), "weightsScale": 4} if i % 3 == 2 else {}
        name = f"random-{i}"
        d = give(name, classes=k, yTrue=true, yPred=pred, **weighted)
        confusion_cases(name, d, i < 6)
        if not weighted and len(np.unique(true)) > 1:
            report_case(name, d, digits=i % 6)
    for i in range(12):
        k = int(rng.integers(2, 7))
        n = int(rng.integers(6, 40))
        shares = rng.dirichlet(np.full(k, 0.6), size=n)
        whole = np.floor(shares * 1000).astype(int)
        whole[:, 0] += 1000 - whole.sum(axis=1)
        true = np.array([rng.choice(k, p=row / 1000) for row in whole])
        true[: k] = np.arange(k)
        weighted = {"weights": rng.integers(1, 9, size=n), "weightsScale": 4} if i % 4 == 3 else {}
        name = f"probabilities-{i}"
        d = give(name, classes=k, columns=k, yTrue=true, scores=whole.ravel(), scoresScale=1000, **weighted)
        probability_cases(name, d, i < 4)
        ranking_cases(name, d)
        if i < 3:
            half = give(name + "-32", classes=k, columns=k, yTrue=true, scores=whole.ravel(), scoresScale=1000, float32=True)
            probability_cases(name + "-32", half, False)
    for i in range(6):
        n = int(rng.integers(10, 40))
        true = rng.integers(0, 2, size=n)
        true[:2] = [0, 1]
        scores = np.clip(rng.integers(0, 12 if i % 2 else 1000, size=n) + true * (4 if i % 2 else 200), 0, 1000)
        weighted = {"weights": rng.integers(0, 5, size=n), "weightsScale": 2} if i == 5 else {}
        if weighted:
            weighted["weights"][:2] = 1
        name = f"curve-{i}"
        curve_cases(name, give(name, classes=1, yTrue=true, scores=scores, scoresScale=16 if i % 2 else 1000, **weighted))
    for i in range(6):
        k, n = int(rng.integers(2, 6)), int(rng.integers(30, 60))
        true = rng.integers(0, k, size=n)
        # noisy, too sure, too timid, and one whose logits deny the labels
        sign = -1 if i == 5 else 1
        logits = np.rint((rng.normal(size=(n, k)) + sign * np.eye(k)[true]) * [300, 100, 20, 500, 100, 100][i]).astype(int)
        name = f"logits-{i}"
        temperature_cases(name, give(name, classes=k, columns=k, yTrue=true, scores=logits.ravel(), scoresScale=100))
    separable = give("logits-separable", classes=2, columns=2, yTrue=[0, 1, 0], scores=[5, 1, 1, 5, 6, 2])
    temperature_cases("logits-separable", separable)


def main(out):
    known_confusions()
    known_reports()
    known_probabilities()
    known_curves()
    known_rankings()
    count_cases()
    random_cases()
    origin = {
        "script": "conformance/metrics/golden.py",
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
        "numpy": np.__version__,
        "seed": 20240601,
    }
    with open(out, "w", encoding="utf-8") as file:
        file.write('{"origin":' + json.dumps(origin) + ',\n"inputs":{\n')
        file.write(",\n".join(json.dumps(k) + ":" + json.dumps(v, ensure_ascii=False, separators=(",", ":")) for k, v in inputs.items()))
        file.write('\n},\n"cases":[\n')
        file.write(",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases))
        file.write("\n]}\n")
    print(json.dumps({"cases": len(cases), "inputs": len(inputs)}))


main(sys.argv[1])
